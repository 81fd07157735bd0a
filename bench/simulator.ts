/** Subjects with the simulator as their child: a real database, and another process of the real weight. */
import { Context, Effect, Layer } from "effect"
import { ChatDatabase } from "../src/programs/simulator/ChatDatabase.ts"
import type { Recorded } from "../src/programs/simulator/Recorded.ts"
import { MAIN } from "./programs.ts"
import { CHATS, makeFolder, type SubjectOf, startSubject, writeCli } from "./subject.ts"

const LOOK_EVERY_MS = 10
const DEADLINE_MS = 15_000

/** Looks again and again until there is something; fails with an error that names it after the deadline. */
const awaiting = <A, E, R>(what: string, look: Effect.Effect<A | undefined, E, R>) => {
  const again: Effect.Effect<A, E, R> = Effect.flatMap(look, (found) =>
    found === undefined ? Effect.delay(again, LOOK_EVERY_MS) : Effect.succeed(found)
  )
  return Effect.timeoutFail(again, {
    duration: DEADLINE_MS,
    onTimeout: () => new Error(`${what}: not within ${DEADLINE_MS} ms`)
  })
}

const isRequest =
  (method: string) =>
  ({ event }: Recorded) =>
    event._tag === "request" && event.method === method

/** A subject subscribed to a simulator with `CHATS` groups. Times are Unix milliseconds. */
export const startOnSimulator = (of: SubjectOf) =>
  Effect.gen(function* () {
    const folder = yield* makeFolder
    const dbPath = `${folder}/chat.db`
    const chats = Context.get(yield* Layer.build(ChatDatabase.layer(dbPath)), ChatDatabase)
    yield* Effect.forEach(
      Array.from({ length: CHATS }, (_, index) => `Group ${index + 1}`),
      (name) => chats.addGroupChat({ handles: ["+15555550123", "+15555550124"], name })
    )
    // The watch of a Mac waits for more for half a second; that wait is not the gateway's.
    const cliPath = yield* writeCli(
      folder,
      `"${process.execPath}" "${MAIN}" simulator "$@" --debounce-ms 1 --hold-ms 0`
    )
    const subject = yield* startSubject(of, folder, cliPath, dbPath)

    /** The first request of a method above a number of the record. */
    const request = (method: string, after = 0) =>
      subject.explaining(
        awaiting(
          `the request ${method}`,
          Effect.map(chats.recorded(after), (events) => events.find(isRequest(method)))
        )
      )
    const subscribed = yield* request("watch.subscribe")
    return { ...subject, chats, request, childPid: subscribed.pid, subscribedAt: subscribed.at }
  })

/** What `startOnSimulator` gives. */
export type SimulatorSubject = Effect.Effect.Success<ReturnType<typeof startOnSimulator>>
