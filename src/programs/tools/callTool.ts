/** Calls a tool for whoever asks, by what `AskedWith` says that they may do. */
import { Effect, ParseResult, Schema } from "effect"
import { ToolInputInvalid, ToolNotFound } from "../../schemas/errors/tools.ts"
import { type Grant, isGranted } from "../../schemas/Grant.ts"
import { isToolName, TOOLS, type Tool, type ToolInput, type ToolName } from "../../schemas/tools.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { PairingStore } from "../../services/PairingStore.ts"

/** The tools that a grant is worth. */
export const toolsOf = (grant: Grant): ReadonlyArray<Tool> =>
  Object.values<Tool>(TOOLS).filter(({ scopes }) => isGranted(grant, scopes))

const handlers = {
  list_pairings: (_: ToolInput<"list_pairings">) =>
    Effect.flatMap(PairingStore, ({ pending }) => Effect.map(pending, (pairings) => ({ pairings })))
}

const isBuilt = (name: ToolName): name is keyof typeof handlers => Object.hasOwn(handlers, name)

/** The answer of a tool, as JSON; at most `RESULT_BYTES` of it. */
export const callTool = (name: string, given: unknown) =>
  Effect.gen(function* () {
    const known = toolsOf(yield* AskedWith).map((tool) => tool.name)
    if (!isToolName(name) || !known.includes(name) || !isBuilt(name)) {
      return yield* new ToolNotFound({ tool: name, known })
    }
    const input = yield* Schema.decodeUnknown(TOOLS[name].input)(given, { onExcessProperty: "error" }).pipe(
      Effect.mapError(
        (error) =>
          new ToolInputInvalid({ tool: name, detail: ParseResult.TreeFormatter.formatErrorSync(error) })
      )
    )
    return yield* handlers[name](input)
  })
