/** `/mcp`: the tools as an MCP server, for whoever the door has let in. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect, Layer, Scope } from "effect"
import { ANY_SCOPE } from "../../schemas/control/InScope.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import type { Tools } from "../mcp/server.ts"
import { callTool, recordsOf } from "../tools/callTool.ts"
import { requireScope } from "./inScope.ts"

type Services = Effect.Effect.Context<ReturnType<typeof callTool>>

/** The tools of whoever asks now. What the SDK runs later is theirs as well. */
const toolsOfAsker = Effect.gen(function* () {
  const grant = yield* AskedWith
  const who = yield* OnBehalfOf
  const context = yield* Effect.context<Services>()
  return {
    list: Effect.sync(() => recordsOf(grant)),
    call: (name, input) =>
      callTool(name, input).pipe(
        Effect.provideService(AskedWith, grant),
        Effect.provideService(OnBehalfOf, who),
        Effect.provide(context)
      )
  } satisfies Tools
})

export const layer = Layer.scopedDiscard(
  Effect.gen(function* () {
    const router = yield* HttpApiBuilder.Router
    const context = yield* Effect.context<Services>()
    const scope = yield* Effect.scope
    // Loaded, and kept, when somebody asks for it first.
    const served = yield* Effect.cached(
      Effect.promise(() => import("../mcp/http.ts")).pipe(
        Effect.flatMap(({ makeMcpOverHttp }) => makeMcpOverHttp),
        Scope.extend(scope)
      )
    )
    yield* router.all(
      "/mcp",
      Effect.gen(function* () {
        yield* requireScope(ANY_SCOPE)
        const tools = yield* Effect.provide(toolsOfAsker, context)
        return yield* (yield* served)(tools)
      })
    )
  })
).pipe(Layer.provide(HttpApiBuilder.Router.Live))
