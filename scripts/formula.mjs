// node scripts/formula.mjs TARBALL OWNER/NAME: prints Homebrew's formula for a tarball of `npm pack` that a repository has released.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const [tarball, repository] = process.argv.slice(2)
if (tarball === undefined || repository === undefined) {
  console.error(
    "Name the tarball that `npm pack` has made, and the repository that releases it, as OWNER/NAME."
  )
  process.exit(2)
}

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
const template = readFileSync(join(ROOT, "packaging", "homebrew", "imsg-gateway.rb"), "utf8")
const filled = template
  .slice(template.indexOf("class "))
  .replaceAll("@REPOSITORY@", repository)
  .replaceAll("@VERSION@", version)
  .replace("@SHA256@", createHash("sha256").update(readFileSync(tarball)).digest("hex"))
process.stdout.write(filled)
