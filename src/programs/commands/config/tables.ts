/** Writes the keys of a schema as Markdown tables, a section for each object. */
import { SchemaAST as AST, Option } from "effect"
import { expectedOf } from "../../../schemas/config/problems.ts"
import { ExpectedId } from "../../../schemas/config/values.ts"

/** A row: the key, what it takes, what holds without it, what it means. */
interface Row {
  readonly key: string
  readonly values: string
  readonly fallback: string
  readonly meaning: string
}

interface Section {
  readonly title: string
  readonly meaning: string
  readonly rows: ReadonlyArray<Row>
}

/** Objects of so few keys stand in the table of the section around them. */
const INLINE_KEYS = 2

const code = (text: string) => `\`${text}\``

const keysOf = (ast: AST.AST): ReadonlyArray<AST.PropertySignature> =>
  AST.isTypeLiteral(ast) ? ast.propertySignatures : []

/** The object that a record or a list holds, with how its place is written; none where words say all of it. */
const inner = (ast: AST.AST): ReadonlyArray<{ readonly suffix: string; readonly ast: AST.AST }> => {
  if (Option.isSome(AST.getAnnotation(ast, ExpectedId))) return []
  if (AST.isTupleType(ast)) return ast.rest.map(({ type }) => ({ suffix: "[]", ast: type }))
  if (AST.isUnion(ast)) {
    return ast.types.map((member) => ({
      suffix: keysOf(member)
        .flatMap(({ name, type }) => (AST.isLiteral(type) ? [` (${String(name)} ${expectedOf(type)})`] : []))
        .join(""),
      ast: member
    }))
  }
  if (!AST.isTypeLiteral(ast)) return []
  return keysOf(ast).length > 0
    ? [{ suffix: "", ast }]
    : ast.indexSignatures.map(({ type }) => ({ suffix: ".<key>", ast: type }))
}

const literals = (ast: AST.AST): ReadonlyArray<string> =>
  AST.isUnion(ast) ? ast.types.flatMap(literals) : AST.isLiteral(ast) ? [code(String(ast.literal))] : []

const valuesOf = (ast: AST.AST): string => {
  if (AST.isBooleanKeyword(ast)) return "`true`, `false`"
  const choices = literals(ast)
  if (choices.length > 0) return choices.join(", ")
  if (AST.isTupleType(ast)) return ["a list", ...ast.rest.map(({ type }) => valuesOf(type))].join(" of: ")
  return expectedOf(ast)
}

const text = (annotation: Option.Option<string>) => Option.getOrElse(annotation, () => "")

const describe = (annotated: AST.Annotated) => text(AST.getDescriptionAnnotation(annotated))

const fallbackOf = (signature: AST.PropertySignature): string =>
  signature.isOptional
    ? Option.match(AST.getDefaultAnnotation(signature), {
        onNone: () => "",
        onSome: (value) => code(JSON.stringify(value))
      })
    : "required"

/** The sections for the keys of `ast` at `path`; `hidden` names keys whose objects are described elsewhere. */
const sectionsOf = (
  ast: AST.AST,
  path: string,
  meaning: string,
  hidden: ReadonlySet<string>
): ReadonlyArray<Section> => {
  const walk = (
    at: AST.AST,
    prefix: string
  ): { readonly rows: ReadonlyArray<Row>; readonly below: ReadonlyArray<Section> } => {
    const parts = keysOf(at).map((signature) => {
      const key = `${prefix}${String(signature.name)}`
      const full = path === "" ? key : `${path}.${key}`
      const objects = hidden.has(full)
        ? []
        : inner(signature.type).filter((object) => keysOf(object.ast).length > 0)
      const [only] = objects
      if (only?.suffix === "" && keysOf(only.ast).length <= INLINE_KEYS) return walk(only.ast, `${key}.`)
      return {
        rows: [
          {
            key,
            values: objects.length > 0 ? `${valuesOf(signature.type)} (below)` : valuesOf(signature.type),
            fallback: fallbackOf(signature),
            meaning: describe(signature)
          }
        ],
        below: objects.flatMap((object) =>
          sectionsOf(object.ast, `${full}${object.suffix}`, describe(signature), hidden)
        )
      }
    })
    return { rows: parts.flatMap(({ rows }) => rows), below: parts.flatMap(({ below }) => below) }
  }
  const { below, rows } = walk(ast, "")
  return [{ title: path, meaning, rows }, ...below]
}

const escape = (cell: string) => cell.replaceAll("|", "\\|")

const render = ({ meaning, rows, title }: Section): string =>
  [
    title === "" ? "### The top level" : `### ${code(title)}`,
    ...(meaning === "" ? [] : ["", meaning]),
    "",
    "| key | values | default | meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      (row) => `| ${[code(row.key), row.values, row.fallback, row.meaning].map(escape).join(" | ")} |`
    )
  ].join("\n")

/** The tables of all keys of `ast`. The objects of the keys in `hidden` (full paths) get no table. */
export const tables = (ast: AST.AST, hidden: ReadonlySet<string>): string =>
  sectionsOf(ast, "", "", hidden).map(render).join("\n\n")
