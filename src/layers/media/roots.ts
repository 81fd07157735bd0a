/** Whether a file lies in a folder that is allowed. */
import type { Path } from "@effect/platform"

/** Whether `file` is inside the folder `root`. Both are absolute, and links in them have been followed. */
export const isInside = (path: Path.Path, root: string, file: string): boolean => {
  const rest = path.relative(root, file)
  return rest !== "" && rest !== ".." && !rest.startsWith(`..${path.sep}`) && !path.isAbsolute(rest)
}
