/** Asks a model's server which models it has: nothing is said to any of them, and nothing is paid. */
import { Data, Effect, Option, Schema, Stream } from "effect"
import { anthropicBase, anthropicHeaders } from "./anthropic.ts"
import { openaiHeaders } from "./chat.ts"
import type { ModelRuntime } from "./dialects.ts"
import type { Failure } from "./Failure.ts"
import { type Request, send } from "./http.ts"

/** What was found. No text of the server is in it: those can repeat the key. */
export type Probed = Data.TaggedEnum<{
  Models: { readonly ids: ReadonlyArray<string> }
  /** There is a server, which keeps no list of models, or not in a shape that is known. */
  NoList: Record<never, never>
  Refused: { readonly status: number }
  Unreachable: { readonly detail: string }
}>
export const Probed = Data.taggedEnum<Probed>()

/** How much of a list is read: OpenRouter's has half a MB. In UTF-16 units. */
const MAX_LIST = 8 * 1024 * 1024

const decodeList = Schema.decodeOption(
  Schema.parseJson(Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Schema.String })) }))
)

const request = (runtime: ModelRuntime): Request =>
  runtime.type === "anthropic"
    ? { url: `${anthropicBase(runtime)}/v1/models?limit=1000`, headers: anthropicHeaders(runtime) }
    : { url: `${runtime.baseUrl}/models`, headers: openaiHeaders(runtime) }

const probedOf = (failure: Failure): Probed => {
  switch (failure._tag) {
    case "NotConnected":
    case "Broken":
      return Probed.Unreachable({ detail: failure.detail })
    case "Refused":
      return failure.status === 404 || failure.status === 405
        ? Probed.NoList()
        : Probed.Refused({ status: failure.status })
    case "Filtered":
      return Probed.NoList()
  }
}

/** Asks once, for a time in ms. */
export const probe = (runtime: ModelRuntime, withinMs: number): Effect.Effect<Probed> =>
  Effect.gen(function* () {
    const response = yield* send(request(runtime), Effect.void)
    const list = yield* response.stream.pipe(
      Stream.decodeText(),
      Stream.scan("", (read, text) => read + text),
      Stream.takeUntil((read) => read.length > MAX_LIST),
      Stream.runLast,
      Effect.orElseSucceed(Option.none)
    )
    return Option.match(Option.flatMap(list, decodeList), {
      onNone: () => Probed.NoList(),
      onSome: ({ data }) => Probed.Models({ ids: data.map(({ id }) => id) })
    })
  }).pipe(
    Effect.scoped,
    Effect.catchAll((failure) => Effect.succeed(probedOf(failure))),
    Effect.timeoutTo({
      duration: withinMs,
      onSuccess: (probed): Probed => probed,
      onTimeout: () => Probed.Unreachable({ detail: `no answer within ${withinMs} ms` })
    })
  )
