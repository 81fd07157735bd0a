/** What is asked of another host on its port: who it is, and what happens there for as long as that is wanted. */
import { HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { Clock, Data, Effect, Option, type Redacted, Schedule, Schema, Stream } from "effect"
import {
  HOST_BEAT_MS,
  HOST_EVENTS_PATH,
  HOST_PATH,
  HostReply,
  showing
} from "../../schemas/cluster/hostPort.ts"
import { NumberedEvent } from "../../schemas/GatewayEvent.ts"
import type { Host } from "../../services/Hosts.ts"
import { anyAgents, clientOver, codeOf } from "../http/client.ts"

/** A host that says nothing for so long, in ms, is not there any more. */
const SILENT_FOR_MS = 3 * HOST_BEAT_MS
/** How long it may take to say who it is, in ms. */
const REPLY_WITHIN_MS = 3000

/** How one that hung up, or was not there, is tried again: soon, then every five seconds; soon again once it was. */
const AGAIN = Schedule.exponential("200 millis").pipe(
  Schedule.union(Schedule.spaced("5 seconds")),
  Schedule.resetAfter("1 minute")
)

/** What is said of a host that does not take the secret. */
export const REFUSED = "it does not take the secret"

/** A host did not answer as it should; `detail` says what it did, in the system's words or a few of ours. */
export class HostUnanswered extends Data.TaggedError("HostUnanswered")<{ readonly detail: string }> {}

/** Tells what happens on a host from now on, for ever. */
export type FollowHost = (
  host: Pick<Host, "address">,
  tell: (event: NumberedEvent) => void
) => Effect.Effect<void>

const ask = (address: string, path: string, secret: Redacted.Redacted<string>) =>
  Effect.gen(function* () {
    const client = yield* clientOver(anyAgents)
    const response = yield* client.execute(
      HttpClientRequest.get(`http://${address}${path}`, { headers: showing(secret) })
    )
    if (response.status === 401 || response.status === 403) {
      return yield* new HostUnanswered({ detail: REFUSED })
    }
    return yield* HttpClientResponse.filterStatusOk(response)
  }).pipe(
    Effect.catchTags({
      RequestError: (error) => new HostUnanswered({ detail: codeOf(error) }),
      ResponseError: ({ response }) =>
        new HostUnanswered({ detail: `it answered with status ${response.status}` })
    })
  )

/** Who listens at an address, and how long it took to say so, in ms. */
export const askHost = (
  address: string,
  secret: Redacted.Redacted<string>
): Effect.Effect<{ readonly reply: HostReply; readonly tookMs: number }, HostUnanswered> =>
  Effect.gen(function* () {
    const asked = yield* Clock.currentTimeMillis
    const response = yield* ask(address, HOST_PATH, secret)
    const reply = yield* Effect.mapError(
      HttpClientResponse.schemaBodyJson(HostReply)(response),
      () => new HostUnanswered({ detail: "what it answered is not understood" })
    )
    return { reply, tookMs: (yield* Clock.currentTimeMillis) - asked }
  }).pipe(
    Effect.scoped,
    Effect.timeoutFail({
      duration: REPLY_WITHIN_MS,
      onTimeout: () => new HostUnanswered({ detail: `no answer within ${REPLY_WITHIN_MS} ms` })
    })
  )

/** What another version tells of, and this one does not know, is left out. */
const eventOf = Schema.decodeOption(Schema.parseJson(NumberedEvent))

const late = () => new HostUnanswered({ detail: `nothing for ${SILENT_FOR_MS} ms` })

/** How hosts are followed, by whoever has their secret. */
export const followingWith =
  (secret: Redacted.Redacted<string>) =>
  ({ bodies }: { readonly bodies: boolean }): FollowHost =>
  ({ address }, tell) =>
    Effect.gen(function* () {
      const response = yield* ask(address, `${HOST_EVENTS_PATH}?bodies=${bodies}`, secret).pipe(
        Effect.timeoutFail({ duration: SILENT_FOR_MS, onTimeout: late })
      )
      yield* response.stream.pipe(
        Stream.timeoutFail(late, SILENT_FOR_MS),
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runForEach((line) =>
          Effect.sync(() => Option.map(line === "" ? Option.none() : eventOf(line), tell))
        )
      )
    }).pipe(Effect.scoped, Effect.ignore, Effect.repeat(AGAIN), Effect.asVoid)
