/** The package as people get it: packed, and installed for nobody but a test. */
import { fileURLToPath } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Effect, Layer, Schema } from "effect"
import { runWith } from "./command.ts"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))

/** What `npm pack --json` says of it; sizes in bytes. */
const Packed = Schema.parseJson(
  Schema.Tuple(
    Schema.Struct({
      filename: Schema.String,
      unpackedSize: Schema.Int,
      files: Schema.Array(Schema.Struct({ path: Schema.String }))
    })
  )
)

/** A piece of a build before this one, as a clone may have it. */
const LEFT_OVER = "dist/piece-LEFTOVER.js"

/** Nothing of this machine but what is named. npm hands much down to what it runs, and another npm would heed it. */
const only = (env: Readonly<Record<string, string>>, program: string, ...args: ReadonlyArray<string>) =>
  runWith(
    {},
    "env",
    "-i",
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    program,
    ...args
  )

/** The same; fails with all that it printed where it does not end well. */
const must = (...command: Parameters<typeof only>) =>
  only(...command).pipe(
    Effect.filterOrDie(
      ({ code }) => code === 0,
      ({ code, stderr, stdout }) => new Error(`${command.slice(1).join(" ")}: ${code}\n${stdout}\n${stderr}`)
    )
  )

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const dir = yield* Effect.flatMap(
    fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-package-" }),
    fs.realPath
  )
  const home = path.join(dir, "home")
  const bin = path.join(dir, "bin")
  const prefix = path.join(dir, "prefix")
  yield* Effect.forEach([home, bin, path.join(prefix, "lib")], (folder) =>
    fs.makeDirectory(folder, { recursive: true })
  )
  const outside = { HOME: home, PATH: process.env.PATH ?? "" }

  yield* fs.writeFileString(path.join(ROOT, LEFT_OVER), "// Nothing asks for this.\n")
  const { stdout } = yield* must(
    outside,
    "npm",
    "pack",
    ROOT,
    "--json",
    "--silent",
    "--pack-destination",
    dir
  )
  const [{ filename, files, unpackedSize }] = yield* Schema.decode(Packed)(stdout)
  const tarball = path.join(dir, filename)

  // Node and npm, and nothing that could compile.
  yield* Effect.forEach(["node", "npm", "npx", "sh"], (name) =>
    must(outside, "sh", "-c", `ln -s "$(command -v ${name})" "${path.join(bin, name)}"`)
  )
  const env = { HOME: home, PATH: bin, NO_COLOR: "1" }
  const quietly = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"]
  yield* must(env, "npm", "install", "--global", "--prefix", prefix, ...quietly, tarball)
  return {
    home,
    /** The installed command, with Node and npm in its path and an empty home. */
    gateway: (...args: ReadonlyArray<string>) => only(env, path.join(prefix, "bin", "imsg-gateway"), ...args),
    unpackedSize,
    files: files.map((file) => file.path),
    /** Where a global install put it. */
    installed: path.join(prefix, "lib", "node_modules", "imsg-gateway"),
    /** The folder that it was installed below, as npm's --prefix. */
    prefix,
    /** Runs a command of the package that nobody has installed. */
    npx: (...args: ReadonlyArray<string>) =>
      only(env, "npx", "--yes", ...quietly, "--package", tarball, "imsg-gateway", ...args)
  }
}).pipe(Effect.provide(NodeContext.layer))

/** The package of this tree, packed and installed once for all tests of a file. */
export class Package extends Context.Tag("test/Package")<Package, Effect.Effect.Success<typeof make>>() {
  static readonly layer = Layer.scoped(Package, Effect.orDie(make))
}
