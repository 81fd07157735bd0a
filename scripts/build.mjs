// Bundles the programs into dist/, one file each, and the web page into dist/page/.
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs"
import { build } from "esbuild"

const programs = {
  main: "src/main.ts",
  bench: "bench/main.ts",
  soak: "bench/soak.ts",
  flood: "bench/flood.ts"
}

// Bundled CommonJS packages still ask for node's own modules through `require`.
const banner = `#!/usr/bin/env node
import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`

const PAGE = "dist/page"
/** What the web page is made of: scripts and styles are bundled, the rest is taken as it is. */
const page = {
  "page.js": "src/page/page.ts",
  "login.js": "src/page/login.ts",
  "style.css": "src/page/style.css",
  "index.html": "src/page/index.html",
  "login.html": "src/page/login.html",
  "icon.svg": "src/page/icon.svg"
}

mkdirSync(PAGE, { recursive: true })
for (const [name, source] of Object.entries(page)) {
  const outfile = `${PAGE}/${name}`
  const unfinished = `${outfile}.${process.pid}`
  if (/\.(ts|css)$/.test(source)) {
    await build({
      entryPoints: [source],
      outfile: unfinished,
      bundle: true,
      format: "esm",
      platform: "browser",
      target: ["es2022", "safari16"],
      minify: true,
      sourcemap: false,
      logLevel: "warning"
    })
  } else copyFileSync(source, unfinished)
  renameSync(unfinished, outfile)
}

for (const [name, entry] of Object.entries(programs)) {
  if (!existsSync(entry)) continue
  const outfile = `dist/${name}.js`
  // Renamed into place, so that a program started meanwhile never reads half a file.
  const unfinished = `${outfile}.${process.pid}`
  await build({
    entryPoints: [entry],
    outfile: unfinished,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["better-sqlite3"],
    banner: { js: banner },
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: false,
    logLevel: "warning"
  })
  chmodSync(unfinished, 0o755)
  renameSync(unfinished, outfile)
}
