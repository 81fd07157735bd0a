/** The folder that an agent works in which opens files by itself: one of its own. */
import { canonical } from "../database.ts"
import type { Problem } from "../problems.ts"
import { Folder, option } from "../values.ts"

/** Where it works, for runtimes whose agents read what lies there. */
export const ownFolder = option(
  Folder,
  "The folder that the agent works in. Else one of its own in the state folder, `agents/<id>`. The home folder, the state folder and what holds them are refused."
)

/** Whether a folder is another, or holds it. */
const holds = (folder: string, other: string): boolean =>
  folder === "/" || other === folder || other.startsWith(`${folder}/`)

/** An agent in the home folder may read all that is its owner's, and one in the state folder what everybody wrote. */
export const notItsOwn = (
  { cwd }: { readonly cwd?: string },
  path: Problem["path"],
  { home, stateDir }: { readonly home: string; readonly stateDir: string }
): ReadonlyArray<Problem> => {
  if (cwd === undefined) return []
  const folder = canonical(cwd)
  const held = [
    { what: "the home folder", where: canonical(home) },
    { what: "the gateway's state folder", where: canonical(stateDir) }
  ].find(({ where }) => holds(folder, where))
  return held === undefined
    ? []
    : [
        {
          path,
          message: `is ${held.what}, or holds it, and an agent may read where it works; leave it out, or give the agent a folder of its own`
        }
      ]
}
