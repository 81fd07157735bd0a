# A template: `node scripts/formula.mjs TARBALL OWNER/NAME` fills in the repository, the version, and the sum of its tarball.
class ImsgGateway < Formula
  desc "Connects Apple Messages to agents"
  homepage "https://github.com/@REPOSITORY@"
  url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/imsg-gateway-@VERSION@.tgz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    # Homebrew's Node has SQLite of its own; the libraries are for Node 20.
    rm_r libexec/"lib/node_modules/imsg-gateway/dist/sqlite"
    bin.install_symlink libexec.glob("bin/*")
    generate_completions_from_executable(bin/"imsg-gateway", "completion")
  end

  def caveats
    <<~EOS
      To be led through the rest:
        imsg-gateway setup
      To have it started at login (instead of `brew services`):
        imsg-gateway service install
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/imsg-gateway --version")
    assert_match "ended with exit code 0", shell_output("#{bin}/imsg-gateway demo")
  end
end
