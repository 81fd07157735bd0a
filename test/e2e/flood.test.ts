/** Law 8, bounded: far more rows at once than anybody answers, through real processes. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref, Schedule } from "effect"
import { hangsOn } from "../support/agents.ts"
import { type Gateway, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { processOf } from "../support/processTable.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"
import { countIn } from "../support/sqliteFile.ts"

const ROWS = 10_000
const AT_ONCE = 1000
/** Groups whose agent hangs; there are places for more agents than these. */
const HUNG = 4
/** Long enough that all rows together are more than may be held in memory. */
const TEXT = `hang ${"and say no more ".repeat(300)}`
const ALLOWED_MB = 80
/** Behind so many rows an answer of the child takes its time. */
const PATIENT = {
  heartbeatMs: 30_000,
  heartbeatTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
  sendTimeoutMs: 60_000,
  startTimeoutMs: 30_000
}

/** The resident memory of a gateway in megabytes. */
const residentMb = ({ pid }: Gateway) =>
  Effect.map(
    processOf(pid),
    Option.match({ onNone: () => 0, onSome: ({ residentKib }) => (residentKib * 1024) / 1e6 })
  )

/** Looks at the memory all the time; answers the most that it was so far. */
const watchMemory = (gateway: Gateway) =>
  Effect.gen(function* () {
    const most = yield* Ref.make(0)
    yield* residentMb(gateway).pipe(
      Effect.flatMap((now) => Ref.update(most, (before) => Math.max(before, now))),
      Effect.repeat(Schedule.spaced("100 millis")),
      Effect.ignore,
      Effect.forkScoped
    )
    return Ref.get(most)
  })

/** How many messages wait for sessions. */
const waiting = (stateDir: string) =>
  countIn(
    `${stateDir}/gateway.db`,
    "SELECT count(*) AS n FROM mailbox WHERE processed = 0 AND entity_type = 'Session'"
  )

describe("a flood of messages to agents that hang", () => {
  it.scopedLive(
    "needs little memory, before and after a restart, and others are answered meanwhile",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const groups = yield* Effect.forEach(Array.from({ length: HUNG }), (_, at) =>
          imsg.chats.addGroupChat({ handles: [PERSON, "+15555550112"], name: `Group ${at}` })
        )
        const home = yield* makeHome({
          imessage: { ...openAccount(imsg), supervision: PATIENT, catchUp: { maxRows: 2 * ROWS } },
          agents: { maxConcurrent: 2 * HUNG, list: [{ id: "main", runtime: hangsOn("hang") }] },
          messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
        })
        const say = (text: string) =>
          Effect.zipRight(
            imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
            imsg.awaitSent((sent) => sent.some((message) => message.text === `echo: ${text}`), "200 seconds")
          )

        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        yield* say("before")
        const idle = yield* residentMb(first)
        const mostOfFirst = yield* watchMemory(first)
        for (let row = 0; row < ROWS; row += AT_ONCE) {
          yield* imsg.chats.insertMany(
            Array.from({ length: AT_ONCE }, (_, at) => ({
              chatId: groups[at % HUNG]?.id ?? 0,
              sender: PERSON,
              text: TEXT
            }))
          )
        }
        yield* say("during")
        yield* eventually(
          "the flood in the store",
          waiting(home.stateDir),
          (count) => count === ROWS,
          "200 seconds"
        )
        expect(yield* mostOfFirst).toBeLessThan(idle + ALLOWED_MB)
        yield* first.signal("SIGKILL")
        yield* first.exitCode

        const second = yield* startGateway(home)
        const mostOfSecond = yield* watchMemory(second)
        yield* second.awaitRunning()
        for (const text of ["after", "and", "again"]) yield* say(text)
        expect(yield* waiting(home.stateDir)).toBe(ROWS)
        expect(yield* mostOfSecond).toBeLessThan(idle + ALLOWED_MB)
      }),
    420_000
  )
})
