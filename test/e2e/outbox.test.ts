/** A gateway that is killed at each of the moments at which its outbox is written: whatever it says is said once. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { killAtWrite, type Moment } from "../support/killAtWrite.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"
import { selectFrom, withSqlite } from "../support/sqliteFile.ts"

const LIMIT = 12
const PARTS = ["echo: first", "second half"]

const BUSY = { busyTimeoutMs: 5000 }

/** Where the store refuses a write, and the gateway stands still, until it is killed. */
const moments: ReadonlyArray<Moment> = [
  { what: "the reply is not accepted yet", refuses: "BEFORE INSERT ON outbox" },
  {
    what: "the reply is accepted, and its message is not done",
    refuses: "BEFORE UPDATE OF processed ON mailbox WHEN NEW.processed = 1",
    // The engine tries that again without a word.
    sent: 2
  },
  { what: "the parts are not written down yet", refuses: "BEFORE INSERT ON parts" },
  {
    what: "the first part is about to be tried",
    refuses: "BEFORE UPDATE ON parts WHEN NEW.state = 'Sending' AND NEW.part_index = 0"
  },
  {
    what: "the first part is sent, and that is not written down",
    refuses: "BEFORE UPDATE ON parts WHEN NEW.state = 'Sent' AND NEW.part_index = 0"
  },
  {
    what: "the second part is about to be tried",
    refuses: "BEFORE UPDATE ON parts WHEN NEW.state = 'Sending' AND NEW.part_index = 1"
  },
  {
    what: "the last part is sent, and that is not written down",
    refuses: "BEFORE UPDATE ON parts WHEN NEW.state = 'Sent' AND NEW.part_index = 1"
  },
  {
    what: "all is sent, and the delivery has no end",
    refuses: "BEFORE UPDATE OF place ON outbox WHEN NEW.place = 'ended'"
  }
]

describe("a reply in two parts, of a gateway that is killed while", () => {
  for (const moment of moments) {
    it.scopedLive(moment.what, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const home = yield* makeHome({ imessage: { ...openAccount(imsg), textChunkLimit: LIMIT } })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const store = `${home.stateDir}/gateway.db`
        const happens = imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "first\nsecond half" })
        yield* killAtWrite(moment, { gateway, imsg, store, happens })
        const next = yield* startGateway(home)
        yield* next.awaitRunning()
        yield* eventually(
          "the end of the delivery",
          withSqlite(
            store,
            (connection) =>
              connection
                .prepare<{ readonly open: number; readonly ended: number }>(
                  "SELECT sum(place <> 'ended') AS open, sum(place = 'ended') AS ended FROM outbox"
                )
                .get(),
            BUSY
          ),
          (row) => row?.open === 0 && row.ended === 1
        )
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(PARTS)
        yield* next.signal("SIGTERM")
        expect(yield* next.exitCode).toBe(0)
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(PARTS)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})

describe("a reply over the private bridge", () => {
  it.scopedLive("is said once where its results are lost, and is known by the guids that we chose", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ bridge: true })
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: {
          ...openAccount(imsg),
          textChunkLimit: LIMIT,
          supervision: { ...QUICK.supervision, sendTimeoutMs: 1500 }
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.fault({ _tag: "loseSendReply", times: 2 })
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "first\nsecond half" })
      yield* eventually("the end", imsg.chats.sent(), (sent) => sent.length === 2)
      const asked = (yield* imsg.chats.recorded()).flatMap(({ event }) =>
        event._tag === "request" && event.method.startsWith("send") ? [event.method] : []
      )
      expect(new Set(asked)).toEqual(new Set(["send.tracked"]))
      yield* eventually(
        "both parts settled",
        selectFrom<{ readonly state: string }>(`${home.stateDir}/gateway.db`, "SELECT state FROM parts"),
        (parts) => parts.length === 2 && parts.every(({ state }) => state === "Sent")
      )
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(PARTS)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
