// The command line as data is read off the commands once, here: the module that does it is bundled, run, and in the
// program replaced by what it exports.
import { mkdtempSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"

const MODULE = "src/programs/commands/line/commandTable.ts"

/** What the module exports. It is bundled with the options of a program, into a folder that is removed again. */
const evaluate = async (options) => {
  const folder = mkdtempSync("dist/evaluated-")
  try {
    const outfile = join(folder, "commandTable.mjs")
    await build({ ...options, entryPoints: [MODULE], outfile, external: ["@photostructure/sqlite"] })
    return { ...(await import(pathToFileURL(resolve(outfile)).href)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Takes the place of the module, in a bundle with these options. */
export const evaluatedAtBuild = async (options) => {
  const contents = Object.entries(await evaluate(options))
    .map(([name, value]) => `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(value))})`)
    .join("\n")
  return {
    name: "evaluated-at-build",
    setup({ onLoad }) {
      onLoad({ filter: /\/commands\/line\/commandTable\.ts$/ }, () => ({ contents, loader: "js" }))
    }
  }
}
