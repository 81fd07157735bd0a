/** What is finished is forgotten in time, by a gateway that runs. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { conversation, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"
import { countIn, withSqlite } from "../support/sqliteFile.ts"

/** More than `retention.days`, in ms. */
const EIGHT_DAYS = 8 * 86_400_000

const STRANGER = "+15555550119"

/** How many rows there are of what grows with every message. */
const rowsIn = (file: string) =>
  countIn(
    file,
    "SELECT (SELECT count(*) FROM mailbox) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM parts) AS n"
  )

const isRemoval = ({ message }: { readonly message: unknown }) =>
  message === "what was finished long ago is removed"

describe("what was finished more than retention.days ago", () => {
  it.scopedLive("is removed at the next start; what came later stays, and nobody is answered again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const { gateway, home, imsg, say } = yield* conversation()
      const store = join(home.stateDir, "gateway.db")
      yield* say("long ago")
      yield* imsg.awaitSent(1)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      expect(yield* rowsIn(store)).toBe(3)

      yield* withSqlite(store, (connection) => {
        connection.exec(`UPDATE mailbox SET finished_at = finished_at - ${EIGHT_DAYS}`)
        connection.exec(`UPDATE outbox SET ended_at = ended_at - ${EIGHT_DAYS}`)
        connection.exec(`UPDATE parts SET settled_at = settled_at - ${EIGHT_DAYS}`)
      })
      const media = join(home.stateDir, "media")
      const then = new Date(Date.now() - EIGHT_DAYS)
      for (const name of ["old", "new"]) yield* fs.makeDirectory(join(media, name), { recursive: true })
      yield* fs.utimes(join(media, "old"), then, then)

      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      const [removal] = yield* next.awaitLog("the removal", isRemoval)
      expect(removal?.annotations).toMatchObject({ messages: 1, deliveries: 1, parts: 1, files: 1 })
      expect(yield* fs.readDirectory(media)).toEqual(["new"])
      expect(yield* rowsIn(store)).toBe(0)

      yield* say("now")
      yield* imsg.awaitSent(2)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: long ago", "echo: now"])
      yield* next.signal("SIGTERM")
      yield* next.exitCode
      expect(yield* rowsIn(store)).toBe(3)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a pairing code that is valid for longer than retention.days", () => {
  it.scopedLive("is sent once, also after a start that forgets what is older", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const imsg = yield* makeSimulator()
      const [stranger, person] = yield* Effect.all([
        imsg.chats.addDirectChat({ handle: STRANGER }),
        imsg.chats.addDirectChat({ handle: PERSON })
      ])
      const home = yield* makeHome({
        retention: { days: 1 },
        imessage: {
          ...openAccount(imsg),
          dmPolicy: "pairing",
          allowFrom: [PERSON],
          pairing: { ttlMs: 2 * EIGHT_DAYS }
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: stranger.id, sender: STRANGER, text: "hello" })
      yield* imsg.awaitSent(1)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      yield* withSqlite(join(home.stateDir, "gateway.db"), (connection) => {
        connection.exec(`UPDATE mailbox SET finished_at = finished_at - ${EIGHT_DAYS}`)
        connection.exec(`UPDATE outbox SET ended_at = ended_at - ${EIGHT_DAYS}`)
        connection.exec(`UPDATE parts SET settled_at = settled_at - ${EIGHT_DAYS}`)
      })
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      yield* next.awaitLog(
        "the look for what is old",
        (line) => isRemoval(line) || line.message === "nothing is old enough to be removed"
      )
      yield* imsg.chats.receive({ chatId: stranger.id, sender: STRANGER, text: "hello again" })
      yield* imsg.chats.receive({ chatId: person.id, sender: PERSON, text: "hello" })
      const sent = yield* imsg.awaitSent((all) => all.some(({ chatId }) => chatId === person.id))
      expect(sent.filter(({ chatId }) => chatId === stranger.id)).toHaveLength(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
