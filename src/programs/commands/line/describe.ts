/**
 * Reads off a command of `@effect/cli` what it takes. Its parser has that in trees of instructions, of which its types say
 * nothing: they are read as what came from outside, and an instruction that nobody knows here is a fault.
 */
import type { HelpDoc } from "@effect/cli"
import { Array as Arr, Predicate } from "effect"
import type { ArgumentEntry, CommandEntry, OptionEntry, Value } from "./CommandEntry.ts"
import { plainWords } from "./plainWords.ts"

const read = (from: unknown, key: string): unknown =>
  Predicate.hasProperty(from, key) ? from[key] : undefined

const unknownInstruction = (where: string, found: unknown): never => {
  throw new Error(`${where}: an instruction that is not known here: ${String(read(found, "_tag"))}`)
}

const textAt = (from: unknown, key: string): string => {
  const value = read(from, key)
  return typeof value === "string" ? value : unknownInstruction(key, from)
}

/** What an Option holds. */
const heldAt = (from: unknown, key: string): unknown => read(read(from, key), "value")

const isHelpDoc = (value: unknown): value is HelpDoc.HelpDoc =>
  Predicate.isTagged(value, "Paragraph") ||
  Predicate.isTagged(value, "Empty") ||
  Predicate.isTagged(value, "Sequence")

const descriptionOf = (from: unknown): string => {
  const doc = read(from, "description")
  return isHelpDoc(doc) ? plainWords(doc) : unknownInstruction("description", from)
}

/**
 * What a text is called that names a file or a folder. The parser's own type for files looks at them while it reads the words: it ends
 * with a defect where a folder is none, and refuses what is no regular file, such as a pipe.
 */
const PATHS: ReadonlyArray<string> = ["FILE", "DIR"]

const KINDS: { readonly [tag: string]: Value["kind"] } = {
  Choice: "choice",
  Float: "number",
  Integer: "whole",
  Path: "path",
  Text: "text"
}

const valueOf = (primitive: unknown, placeholder: string): Value | null => {
  const tag = textAt(primitive, "_tag")
  if (tag === "Bool") return null
  const alternatives = read(primitive, "alternatives")
  const choices = Array.isArray(alternatives)
    ? alternatives.map((pair: unknown) => String(read(pair, "0")))
    : []
  const kind = KINDS[tag] ?? unknownInstruction("a value", primitive)
  return { kind: kind === "text" && PATHS.includes(placeholder) ? "path" : kind, placeholder, choices }
}

/** What stands for a value: its own name for it, else the last word of the option's. */
const placeholderOf = (option: unknown): string => {
  const own = heldAt(option, "pseudoName")
  return typeof own === "string" ? own : (textAt(option, "name").split("-").at(-1) ?? "").toUpperCase()
}

const shownDefault = (fallback: unknown): string | null =>
  typeof fallback === "number" || typeof fallback === "string" ? String(fallback) : null

const single = (option: unknown): OptionEntry => {
  const value = valueOf(read(option, "primitiveType"), placeholderOf(option))
  const aliases = read(option, "aliases")
  return {
    name: textAt(option, "fullName"),
    aliases: Array.isArray(aliases)
      ? aliases.map((alias) => (String(alias).length === 1 ? `-${alias}` : `--${alias}`))
      : [],
    description: descriptionOf(option),
    value,
    isRequired: value !== null,
    isRepeated: false,
    default: null
  }
}

const optionsOf = (options: unknown): ReadonlyArray<OptionEntry> => {
  switch (read(options, "_tag")) {
    case "Empty":
      return []
    case "Single":
      return [single(options)]
    case "Map":
    case "WithFallback":
      return optionsOf(read(options, "options"))
    case "Both":
    case "OrElse":
      return [...optionsOf(read(options, "left")), ...optionsOf(read(options, "right"))]
    case "Variadic":
      return optionsOf(read(options, "argumentOption")).map((option) => ({
        ...option,
        isRepeated: true,
        isRequired: Number(heldAt(options, "min") ?? 0) > 0
      }))
    case "WithDefault":
      return optionsOf(read(options, "options")).map((option) => ({
        ...option,
        isRequired: false,
        default: option.value === null ? null : shownDefault(read(options, "fallback"))
      }))
    default:
      return unknownInstruction("options", options)
  }
}

const argument = (arg: unknown): ArgumentEntry => {
  const name = heldAt(arg, "pseudoName") ?? textAt(arg, "name")
  return {
    name: String(name).replace(/^<(.*)>$/u, "$1"),
    description: descriptionOf(arg),
    isWhole: Predicate.isTagged(read(arg, "primitiveType"), "Integer"),
    least: 1,
    most: 1
  }
}

const argsOf = (args: unknown): ReadonlyArray<ArgumentEntry> => {
  switch (read(args, "_tag")) {
    case "Empty":
      return []
    case "Single":
      return [argument(args)]
    case "Map":
      return argsOf(read(args, "args"))
    case "Both":
      return [...argsOf(read(args, "left")), ...argsOf(read(args, "right"))]
    case "Variadic": {
      const most = heldAt(args, "max")
      return argsOf(read(args, "args")).map((one) => ({
        ...one,
        least: Number(heldAt(args, "min") ?? 0),
        most: typeof most === "number" ? most : null
      }))
    }
    case "WithDefault":
      return argsOf(read(args, "args")).map((one) => ({ ...one, least: 0 }))
    default:
      return unknownInstruction("arguments", args)
  }
}

const describeInstruction = (command: unknown): CommandEntry => {
  switch (read(command, "_tag")) {
    case "Standard":
      return {
        name: textAt(command, "name"),
        description: descriptionOf(command),
        options: optionsOf(read(command, "options")),
        args: argsOf(read(command, "args")),
        commands: []
      }
    case "Map":
      return describeInstruction(read(command, "command"))
    case "Subcommands": {
      const children = read(command, "children")
      return {
        ...describeInstruction(read(command, "parent")),
        commands: Arr.map(Array.isArray(children) ? children : [], describeInstruction)
      }
    }
    default:
      return unknownInstruction("a command", command)
  }
}

/** A command, with all below it. */
export const describe = ({ descriptor }: { readonly descriptor: unknown }): CommandEntry =>
  describeInstruction(descriptor)
