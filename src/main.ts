/** What `imsg-gateway` runs: as little as possible before what was asked for is known, and then no more than that. */
import "./compileCache.ts"
import { VERSION } from "./version.ts"

const [first, ...others] = process.argv.slice(2)

if (first === "--version" && others.length === 0) process.stdout.write(`${VERSION}\n`)
else await import("./commandLine.ts")
