// Which modules the gateway shares with commands and would lie in pieces so small that each command had better have them:
// to find and to open a piece takes longer than to read it.
import { Array, Record } from "effect"
import { build } from "esbuild"

/** A piece is small that has at most so many bytes, and with all that it needs beside the base at most twice as many. */
const SMALL = 2048

/** All that is loaded with a module, itself as well. `inputs` are those of a metafile. */
const loadedWith = (inputs, path, found = new Set()) => {
  if (found.has(path) || inputs[path] === undefined) return found
  found.add(path)
  for (const { external, kind, path: needed } of inputs[path].imports)
    if (kind !== "dynamic-import" && external !== true) loadedWith(inputs, needed, found)
  return found
}

/** What each module takes in the program. */
const bytesOf = (outputs) => {
  const bytes = new Map()
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) bytes.set(path, bytesInOutput)
  return bytes
}

/** What is loaded later and not beside the gateway, each with all that comes with it. */
const loadedLater = (inputs, isInTheGateway) =>
  Object.entries(inputs).flatMap(([from, { imports }]) =>
    imports
      .filter(({ kind, path }) => kind === "dynamic-import" && !isInTheGateway(from, path))
      .map(({ path }) => loadedWith(inputs, path))
  )

/**
 * Paths of the modules of ours that would lie in small pieces. `base` is what each command has, `gateway` what the gateway
 * begins with; `isInTheGateway(importer, loaded)` says of what is loaded later whether that is loaded before.
 */
export const smallPieces = async (options, { base, gateway, isInTheGateway }) => {
  const { metafile } = await build({
    ...options,
    outdir: "dist",
    write: false,
    metafile: true,
    splitting: true
  })
  const { inputs, outputs } = metafile
  const bytes = bytesOf(outputs)
  const inBase = loadedWith(inputs, base)
  const size = (paths) => paths.reduce((sum, path) => sum + (bytes.get(path) ?? 0), 0)
  const later = loadedLater(inputs, isInTheGateway)

  // A bundler keeps together what the same of these need.
  const pieces = Record.values(
    Array.groupBy(
      [...loadedWith(inputs, gateway)].filter((path) => !inBase.has(path) && bytes.get(path) > 0),
      (path) => later.map((loaded) => (loaded.has(path) ? "needed" : "")).join()
    )
  )
  const isShared = (path) => later.filter((loaded) => loaded.has(path)).length > 1
  return pieces
    .filter(
      (piece) => piece.every((path) => path.startsWith("src/")) && isShared(piece[0]) && size(piece) <= SMALL
    )
    .filter((piece) => {
      const needed = new Set(piece.flatMap((path) => [...loadedWith(inputs, path)]))
      return size([...needed].filter((path) => !inBase.has(path))) <= 2 * SMALL
    })
    .flat()
    .sort()
}
