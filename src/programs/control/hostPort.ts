/**
 * What a host answers the others on its port, beside what the engine asks there: who it is, and what happens on it. It
 * stands behind the guard of that port, which lets in nobody without the secret.
 */
import { type HttpApp, HttpRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Clock, Effect, Schedule, Schema, Stream } from "effect"
import { HOST_BEAT_MS, HOST_EVENTS_PATH, HOST_PATH, type HostReply } from "../../schemas/cluster/hostPort.ts"
import { NumberedEvent, withoutText } from "../../schemas/GatewayEvent.ts"
import { Events } from "../../services/Events.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { VERSION } from "../../version.ts"

const encode = Schema.encodeSync(Schema.parseJson(NumberedEvent))

/** The events from now on, until the gateway stops. */
const events = Effect.gen(function* () {
  const { url } = yield* HttpServerRequest.HttpServerRequest
  const bodies = new URL(url, "http://host").searchParams.get("bodies") === "true"
  const { listen } = yield* Events
  const { stopping } = yield* Lifecycle
  const lines = Stream.unwrapScoped(listen).pipe(
    Stream.map((numbered) => {
      const event = bodies ? numbered.event : withoutText(numbered.event)
      return `${encode({ ...numbered, event })}\n`
    })
  )
  // The first line says that the connection stands.
  const beats = Stream.as(
    Stream.concat(Stream.void, Stream.fromSchedule(Schedule.spaced(HOST_BEAT_MS))),
    "\n"
  )
  return HttpServerResponse.stream(
    Stream.merge(lines, beats).pipe(Stream.interruptWhen(stopping), Stream.encodeText),
    { contentType: "application/x-ndjson" }
  )
})

const self = (name: string) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    HttpServerResponse.unsafeJson({
      name,
      version: VERSION,
      pid: process.pid,
      now
    } satisfies HostReply)
  )

/** The answers of a host of that name. */
export const hostPort = (name: string): HttpApp.Default<never, Events | Lifecycle> =>
  HttpRouter.empty.pipe(
    HttpRouter.get(HOST_PATH, self(name)),
    HttpRouter.get(HOST_EVENTS_PATH, events),
    Effect.catchTag("RouteNotFound", () => HttpServerResponse.empty({ status: 404 }))
  )
