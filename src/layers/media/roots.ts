/**
 * Folders that are allowed. In a root, `*` stands for the whole name of one folder. It is compared with where a file
 * really lies: links are followed in the part before the first `*`, which its owner wrote, and in the path of the file,
 * and nowhere else. So whoever may make folders below a `*` cannot lead a root somewhere else by a link.
 */
import { FileSystem, type Path } from "@effect/platform"
import { Array as Arr, Effect } from "effect"

/** A root as it is: its folder, and the names of the folders below it that it asks for. */
export interface Root {
  readonly folder: string
  readonly names: ReadonlyArray<string>
}

const ANY_NAME = "*"

/** The part of a root before the first `*`, and the names from there on. */
export const splitRoot = (root: string): Root => {
  const all = root.split("/")
  const first = all.indexOf(ANY_NAME)
  return first === -1
    ? { folder: root, names: [] }
    : {
        folder: all.slice(0, first).join("/") || "/",
        names: all.slice(first).filter((name) => name !== "")
      }
}

/** Roots with the links of their folders followed. One that is not there holds nothing, and is left out. */
export const resolveRoots = (
  roots: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Root>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(
      Effect.forEach(roots, (root) => {
        const { folder, names } = splitRoot(root)
        return Effect.option(Effect.map(fs.realPath(folder), (real): Root => ({ folder: real, names })))
      }),
      Arr.getSomes
    )
  )

/** Where a path is, whose links have been followed; `itself` is only a folder that the root names. */
export const placeIn = (
  path: Path.Path,
  { folder, names }: Root,
  real: string
): "inside" | "itself" | "outside" => {
  const rest = path.relative(folder, real)
  if (rest === ".." || rest.startsWith(`..${path.sep}`) || path.isAbsolute(rest)) return "outside"
  const below = rest === "" ? [] : rest.split(path.sep)
  const fits = names.every((name, at) => below[at] !== undefined && (name === ANY_NAME || name === below[at]))
  if (!fits) return "outside"
  if (below.length > names.length) return "inside"
  return names.length === 0 ? "itself" : "outside"
}
