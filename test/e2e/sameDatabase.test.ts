/** A chat.db that changes a lot and is still the same: replies that wait for it must not be given up. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { slow } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"
import { withSqlite } from "../support/sqliteFile.ts"

const STRANGER = "+15555550119"
const HOUR = 3_600_000

/** Changes the rows of chat.db as Messages does, which is more than the simulator can be asked for. */
const change = (imsg: Simulator, sql: string) =>
  withSqlite(imsg.dbPath, (connection) => connection.exec(sql), { busyTimeoutMs: 5000 })

const deleteMessages = (imsg: Simulator, where: string) =>
  change(
    imsg,
    `DELETE FROM chat_message_join WHERE message_id IN (SELECT ROWID FROM message WHERE ${where});
     DELETE FROM message WHERE ${where};`
  )

const said = (line: { readonly message: unknown }) =>
  String(line.message).startsWith("the database was replaced: ")

/** A gateway whose agent takes its time with a message of the person, while the owner has chats with others. */
const thinking = (build: string) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ build })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const other = yield* imsg.chats.addDirectChat({ handle: STRANGER })
    const now = Date.now()
    yield* imsg.chats.insertMany(
      Array.from({ length: 60 }, (_, n) => ({
        chatId: chat.id,
        sender: PERSON,
        text: `recent ${n}`,
        at: now - HOUR + n * 1000
      }))
    )
    const asked = `${imsg.dir}/asked`
    const home = yield* makeHome({
      imessage: {
        ...openAccount(imsg),
        dmPolicy: "allowlist",
        allowFrom: [PERSON],
        supervision: { ...QUICK.supervision, stallMs: 1000 }
      },
      agents: { list: [{ id: "main", runtime: slow(asked, 3) }] }
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hi" })
    yield* eventually("the turn", readLines(asked), (lines) => lines.length === 1)
    const judged = (rowId: number) =>
      gateway.awaitLog(
        `the verdict on row ${rowId}`,
        (line) => String(line.message).startsWith("verdict") && line.annotations.rowId === rowId
      )
    return { imsg, chat, other, gateway, judged }
  })

type World = Effect.Effect.Success<ReturnType<typeof thinking>>

const changes: ReadonlyArray<{
  readonly what: string
  readonly make: (world: World) => Effect.Effect<unknown, unknown>
}> = [
  {
    what: "Messages syncs in many old messages",
    make: ({ chat, imsg, judged }) =>
      Effect.gen(function* () {
        const rows = yield* imsg.chats.insertMany(
          Array.from({ length: 200 }, (_, n) => ({
            chatId: chat.id,
            sender: PERSON,
            text: `old ${n}`,
            at: Date.parse("2020-01-01T00:00:00Z") - n * 60_000
          }))
        )
        yield* judged(rows.at(-1)?.rowId ?? 0)
      })
  },
  {
    what: "its owner deletes a chat that has the newest messages",
    make: ({ imsg, judged, other }) =>
      Effect.gen(function* () {
        for (const n of [1, 2, 3, 4]) {
          yield* imsg.chats.receive({ chatId: other.id, sender: STRANGER, text: `spam ${n}` })
        }
        const last = yield* imsg.chats.receive({ chatId: other.id, sender: STRANGER, text: "spam 5" })
        yield* judged(last.rowId)
        yield* deleteMessages(imsg, "ROWID > 61")
      })
  }
]

describe("a database is still the same, and gets the reply that waits for it, when", () => {
  for (const { make, what } of changes) {
    for (const build of ["0.9.0", "0.15.0"]) {
      it.scopedLive(`${what} (imsg ${build})`, () =>
        Effect.gen(function* () {
          const world = yield* thinking(build)
          yield* make(world)
          yield* world.imsg.awaitSent(1)
          const lines = yield* world.gateway.lines
          expect(lines.filter(said)).toEqual([])
          expect(lines.filter(({ message }) => message === "running")).toHaveLength(1)
        })
      )
    }
  }
})

describe("an older copy of the database, though it has many of the same messages", () => {
  for (const build of ["0.9.0", "0.15.0"]) {
    it.scopedLive(`is noticed by the next message, and answered from then on (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { chat, gateway, imsg } = yield* thinking(build)
        yield* imsg.awaitSent(1)
        yield* deleteMessages(imsg, "ROWID > 50")
        yield* change(imsg, "UPDATE sqlite_sequence SET seq = 50 WHERE name = 'message'")
        const say = (text: string) =>
          imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, at: Date.now() + 2 * HOUR })
        yield* say("first of the new")
        yield* gateway.awaitLog("the change", said)
        yield* gateway.awaitRunning("default", 2)
        yield* say("second of the new")
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: second of the new"))
      })
    )
  }
})
