// Bundles the programs into dist/, one file each.
import { chmodSync, existsSync, renameSync } from "node:fs"
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
