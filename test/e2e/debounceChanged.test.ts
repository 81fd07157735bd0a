/** A debounce that is changed while a message that was answered is not known as done yet. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { recording } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { type Gateway, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"
import { withSqlite } from "../support/sqliteFile.ts"

/** A person, and gateways one after the other on the same folder. */
const resumed = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
  const asked = `${imsg.dir}/asked`
  const config = {
    imessage: openAccount(imsg),
    agents: { list: [{ id: "main", runtime: recording(asked) }] }
  }
  const home = yield* makeHome(config)
  const setDebounce = (debounceMs: number) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) =>
      fs.writeFileString(
        home.configFile,
        JSON.stringify({ ...config, stateDir: home.stateDir, messages: { inbound: { debounceMs } } })
      )
    ).pipe(Effect.provide(NodeContext.layer))
  return {
    imsg,
    say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
    asked: readLines(asked),
    texts: Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text)),
    start: (debounceMs: number) =>
      setDebounce(debounceMs).pipe(
        Effect.zipRight(startGateway(home)),
        Effect.tap((gateway) => gateway.awaitRunning())
      ),
    /** Ends a gateway, and takes back that the messages from one on were done: as a crash before that leaves them. */
    crash: (gateway: Gateway, from: number) =>
      Effect.gen(function* () {
        yield* gateway.signal("SIGTERM")
        yield* gateway.exitCode
        const changes = yield* withSqlite(
          `${home.stateDir}/gateway.db`,
          (store) =>
            store
              .prepare(
                `UPDATE mailbox SET processed = 0, exit = NULL, finished_at = NULL WHERE seq IN (
                  SELECT seq FROM mailbox WHERE entity_type = 'Session' ORDER BY seq LIMIT -1 OFFSET ?)`
              )
              .run(from - 1).changes
        )
        expect(changes).toBeGreaterThan(0)
      })
  }
})

describe("a message that was answered, and is not known as done when the gateway ends,", () => {
  it.scopedLive("takes none with it that came later, where there is a debounce now", () =>
    Effect.gen(function* () {
      const { asked, crash, imsg, say, start, texts } = yield* resumed
      const first = yield* start(0)
      yield* say("one")
      yield* imsg.awaitSent(1)
      yield* crash(first, 1)
      for (const text of ["two", "three"]) yield* say(text)
      yield* start(2000)
      yield* imsg.awaitSent(2)
      expect(yield* texts).toEqual(["echo: one", "echo: two\nthree"])
      expect(yield* asked).toHaveLength(2)
    })
  )

  it.scopedLive("is not answered again with those of its turn, where there is no debounce any more", () =>
    Effect.gen(function* () {
      const { asked, crash, imsg, say, start, texts } = yield* resumed
      const first = yield* start(3000)
      for (const text of ["one", "two", "three"]) yield* say(text)
      yield* imsg.awaitSent(1)
      yield* crash(first, 2)
      yield* start(0)
      yield* say("four")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: four"))
      expect(yield* texts).toEqual(["echo: one\ntwo\nthree", "echo: four"])
      expect(yield* asked).toHaveLength(2)
    })
  )
})
