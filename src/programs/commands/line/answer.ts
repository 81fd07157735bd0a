/** What is asked of the command line itself, and answered without any command being loaded: help, the version, mistakes. */
import { VERSION } from "../../../version.ts"
import type { CommandEntry } from "./CommandEntry.ts"
import { isGroup } from "./CommandEntry.ts"
import { asLines, complete } from "./complete.ts"
import { COMPLETE, completionScript } from "./completionScripts.ts"
import { type HelpLook, helpOf } from "./help.ts"
import { mistakeInWords } from "./mistakes.ts"
import { COMPLETION, HELP, isShell, VERSION_COMMAND } from "./ownCommands.ts"
import { lastOf, type Path, walk, walkWhole } from "./walk.ts"

export type Answer =
  | { readonly _tag: "Say"; readonly text: string }
  | { readonly _tag: "Refuse"; readonly text: string }
  /** Nothing is answered here: the command of these words is run, or without any the gateway. */
  | { readonly _tag: "Run"; readonly command: ReadonlyArray<string> }

const say = (text: string): Answer => ({ _tag: "Say", text })

const versionOf = say(`${VERSION}\n`)

const refuse = (mistake: Parameters<typeof mistakeInWords>[0]): Answer => ({
  _tag: "Refuse",
  text: `${mistakeInWords(mistake)}\n`
})

const helpFor = (root: CommandEntry, words: ReadonlyArray<string>, look: HelpLook): Answer => {
  const { args, mistake, path } = walk(root, words)
  if (mistake !== undefined && mistake.what._tag !== "UnexpectedArgument") return refuse(mistake)
  return args.length === 0 && path.length === 1 ? say(helpOf([root], look)) : say(helpOf(path, look))
}

/** What commands of the line itself print. */
const ofItself = (
  root: CommandEntry,
  path: Path,
  words: ReadonlyArray<string>,
  look: HelpLook
): Answer | undefined => {
  const [, first, second] = path
  switch (first?.name) {
    case HELP:
      return helpFor(
        root,
        words.filter((word) => word !== HELP && !word.startsWith("-")),
        look
      )
    case VERSION_COMMAND:
      return versionOf
    case COMPLETION:
      return isShell(second?.name) ? say(completionScript(second.name)) : undefined
    default:
      return undefined
  }
}

/** The answer to the words of a command line. */
export const answer = (root: CommandEntry, words: ReadonlyArray<string>, look: HelpLook): Answer => {
  if (words[0] === COMPLETE) return say(asLines(complete(root, words.slice(1))))
  const walked = walkWhole(root, words)
  const { given, mistake, path } = walked
  const isGiven = (name: string) => given.some((option) => option.name === name)
  // Of a command that there is not nobody can be helped with.
  if (mistake?.what._tag === "UnknownCommand") return refuse(mistake)
  if (isGiven("--help")) return say(helpOf(path, look))
  if (isGiven("--version")) return versionOf
  if (mistake !== undefined) return refuse(mistake)
  if (isGroup(lastOf(path))) return say(helpOf(path, look))
  return ofItself(root, path, words, look) ?? { _tag: "Run", command: path.slice(1).map(({ name }) => name) }
}
