/** Events as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { HttpServerResponse } from "@effect/platform"
import { Effect, Ref, Schedule, Schema, Stream } from "effect"
import { TooManyListeners } from "../../schemas/errors/control.ts"
import { GatewayEvent, withoutText } from "../../schemas/GatewayEvent.ts"
import { Audit } from "../../services/Audit.ts"
import { Events } from "../../services/Events.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { listenEverywhere } from "../effects/listenEverywhere.ts"

/** A comment that keeps connections from being taken for dead, and finds out the ones that are. */
const KEEP_ALIVE = "15 seconds"
const COMMENT = ":\n\n"

/** Each event is written to every listener by the process that answers messages. */
const MOST_LISTENERS = 32

/** A place among the listeners for as long as the scope. `listeners` is how many there are, of all servers. */
const place = (listeners: Ref.Ref<number>) =>
  Effect.acquireRelease(
    Effect.flatMap(
      Ref.modify(listeners, (count) => (count < MOST_LISTENERS ? [true, count + 1] : [false, count])),
      (isFree) => (isFree ? Effect.void : new TooManyListeners({ most: MOST_LISTENERS }))
    ),
    () => Ref.update(listeners, (count) => count - 1)
  )

const encode = Schema.encodeSync(GatewayEvent)

/**
 * The events from now on, each under the name of its `_tag`, with the time (`at`, Unix ms) beside its fields, and in a
 * cluster the \`host\` on which it happened. The words of messages are left out without \`bodies\`. The stream ends when the
 * gateway stops. One listener more than there may be is refused.
 */
export const serverSentEvents = (listeners: Ref.Ref<number>, { bodies }: { readonly bodies: boolean }) =>
  Effect.gen(function* () {
    yield* place(listeners)
    if (bodies) yield* (yield* Audit).record({ _tag: "WordsHeard" })
    const { stopping } = yield* Lifecycle
    const listen = Effect.provideService(listenEverywhere({ bodies }), Events, yield* Events)
    const lines = Stream.unwrapScoped(listen).pipe(
      Stream.map(({ at, event, host, id }) => {
        const { _tag, ...fields } = encode(bodies ? event : withoutText(event))
        const [number, where] = host === undefined ? [id, {}] : [`${host}:${id}`, { host }]
        return `id: ${number}\nevent: ${_tag}\ndata: ${JSON.stringify({ at, ...where, ...fields })}\n\n`
      })
    )
    // The first comment says that the connection stands; the headers alone are held back.
    const beats = Stream.concat(
      Stream.make(COMMENT),
      Stream.as(Stream.fromSchedule(Schedule.spaced(KEEP_ALIVE)), COMMENT)
    )
    return HttpServerResponse.stream(
      Stream.merge(lines, beats).pipe(Stream.interruptWhen(stopping), Stream.encodeText),
      {
        contentType: "text/event-stream",
        headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
      }
    )
  })
