/**
 * The platform's terminal, made when something is asked of it. To make it is to look at stdin, which Node opens for
 * that, and of all commands only those that ask people something want to read it.
 */
import { Terminal } from "@effect/platform"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import { Context, Effect, Layer } from "effect"

const make = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const terminal = yield* Effect.cached(
    Effect.map(Layer.buildWithScope(NodeTerminal.layer, scope), Context.get(Terminal.Terminal))
  )
  return Terminal.Terminal.of({
    columns: Effect.flatMap(terminal, ({ columns }) => columns),
    rows: Effect.flatMap(terminal, ({ rows }) => rows),
    isTTY: Effect.flatMap(terminal, ({ isTTY }) => isTTY),
    readInput: Effect.flatMap(terminal, ({ readInput }) => readInput),
    readLine: Effect.flatMap(terminal, ({ readLine }) => readLine),
    display: (text) => Effect.flatMap(terminal, ({ display }) => display(text))
  })
})

export const layer: Layer.Layer<Terminal.Terminal> = Layer.scoped(Terminal.Terminal, make)
