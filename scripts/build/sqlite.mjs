// What stands in for SQLite where Node has none (20): a package of 29 MB, most of it source. What is needed of it goes
// into dist/sqlite: its JavaScript in one file, and its prebuilt libraries for the systems that the gateway runs on.
import { copyFileSync, mkdirSync, readdirSync, renameSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { build } from "esbuild"

const NAME = "@photostructure/sqlite"
const PLATFORMS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]

/** Its libraries are looked for in `prebuilds`, beside the folder of its file. */
const LIBRARIES = "dist/sqlite/prebuilds"
const FILE = "dist/sqlite/lib/index.cjs"

/** Writes dist/sqlite; answers esbuild's account of what went into it. */
export const buildSqlite = async () => {
  const root = dirname(createRequire(import.meta.url).resolve(`${NAME}/package.json`))
  for (const platform of PLATFORMS) {
    mkdirSync(join(LIBRARIES, platform), { recursive: true })
    for (const name of readdirSync(join(root, "prebuilds", platform))) {
      const unfinished = join("dist/sqlite", `${name}.${process.pid}`)
      copyFileSync(join(root, "prebuilds", platform, name), unfinished)
      renameSync(unfinished, join(LIBRARIES, platform, name))
    }
  }
  const unfinished = `${FILE}.${process.pid}`
  const { metafile } = await build({
    entryPoints: [join(root, "dist", "index.cjs")],
    outfile: unfinished,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: "warning"
  })
  renameSync(unfinished, FILE)
  return metafile
}
