// Bundles the programs into dist/, and the web page into dist/page/. What is there afterwards needs no node_modules.
// With --clean nothing is left there of the builds before, as a package wants it.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync
} from "node:fs"
import { build } from "esbuild"
import { besideTheBase } from "./besideTheBase.mjs"
import { writeLicenses } from "./build/licenses.mjs"
import { buildSqlite } from "./build/sqlite.mjs"
import { evaluatedAtBuild } from "./evaluatedAtBuild.mjs"
import { moduleImports } from "./moduleImports.mjs"
import { requiredOfNode } from "./requiredOfNode.mjs"
import { withoutEffects } from "./withoutEffects.mjs"

/** Tools of the project, one file each. */
const programs = {
  bench: "bench/main.ts",
  "bench-cluster": "bench/cluster.ts",
  soak: "bench/soak.ts",
  flood: "bench/flood.ts",
  imsg: "test/support/imsg.ts"
}

// Node opens a port for a debugger at SIGUSR1, through which whoever reaches it runs what he likes. Whichever piece is
// evaluated first says that the signal is ours, and that nothing comes of it.
// Bundled CommonJS packages still ask for node's own modules through `require`.
const banner = `#!/usr/bin/env node
import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);
if (process.listenerCount("SIGUSR1") === 0) process.on("SIGUSR1", () => {});`

const PAGE = "dist/page"
/** What the web page is made of: scripts and styles are bundled, the rest is taken as it is. */
const page = {
  "page.js": "src/page/page.tsx",
  "login.js": "src/page/login.ts",
  "style.css": "src/page/style.css",
  "index.html": "src/page/index.html",
  "login.html": "src/page/login.html",
  "icon.svg": "src/page/icon.svg"
}

/** esbuild's accounts of what went into the gateway. */
const metafiles = []
// The documents of this version, which the page links to.
for (const name of readdirSync("docs")) if (name.endsWith(".md")) page[name] = `docs/${name}`

mkdirSync(PAGE, { recursive: true })
for (const [name, source] of Object.entries(page)) {
  const outfile = `${PAGE}/${name}`
  const unfinished = `${outfile}.${process.pid}`
  if (/\.(tsx?|css)$/.test(source)) {
    const { metafile } = await build({
      entryPoints: [source],
      metafile: true,
      outfile: unfinished,
      bundle: true,
      format: "esm",
      platform: "browser",
      target: ["es2022", "safari16"],
      jsx: "automatic",
      jsxImportSource: "preact",
      minify: true,
      sourcemap: false,
      logLevel: "warning"
    })
    metafiles.push(metafile)
  } else copyFileSync(source, unfinished)
  renameSync(unfinished, outfile)
}

const program = {
  bundle: true,
  plugins: [moduleImports, requiredOfNode, withoutEffects],
  format: "esm",
  platform: "node",
  target: "node20",
  banner: { js: banner },
  minifyWhitespace: true,
  minifySyntax: true,
  // As in the source: `support` looks up there what is the program's own.
  charset: "utf8",
  sourcemap: false,
  logLevel: "warning"
}

for (const [name, entry] of Object.entries(programs)) {
  if (!existsSync(entry)) continue
  const outfile = `dist/${name}.js`
  // Renamed into place, so that a program started meanwhile never reads half a file.
  const unfinished = `${outfile}.${process.pid}`
  await build({ ...program, entryPoints: [entry], outfile: unfinished })
  chmodSync(unfinished, 0o755)
  renameSync(unfinished, outfile)
}

// The gateway in pieces: what only some commands need is neither read nor kept in memory by the others.
const unfinished = `dist/unfinished.${process.pid}`
const inPieces = {
  ...program,
  plugins: [await evaluatedAtBuild(program), ...program.plugins],
  entryPoints: { main: "src/main.ts" }
}
const { metafile } = await build({
  ...inPieces,
  plugins: [await besideTheBase(inPieces), ...inPieces.plugins],
  outdir: unfinished,
  metafile: true,
  splitting: true,
  chunkNames: "piece-[hash]"
})
const pieces = readdirSync(unfinished).filter((name) => name.startsWith("piece-"))
for (const piece of pieces) renameSync(`${unfinished}/${piece}`, `dist/${piece}`)
chmodSync(`${unfinished}/main.js`, 0o755)
renameSync(`${unfinished}/main.js`, "dist/main.js")
rmdirSync(unfinished)

writeLicenses([...metafiles, metafile, await buildSqlite()])

// A gateway of the build before may still ask for its pieces.
const DAY_MS = 24 * 3600 * 1000
for (const name of readdirSync("dist")) {
  if (!name.startsWith("piece-") || pieces.includes(name)) continue
  const age = Date.now() - statSync(`dist/${name}`).mtimeMs
  if (age > DAY_MS || process.argv.includes("--clean")) rmSync(`dist/${name}`)
}
