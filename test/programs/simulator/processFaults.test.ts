import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { Moment } from "../../../src/programs/simulator/Fault.ts"
import { eventually, isAlive, signal } from "../../support/simulator.ts"
import { openClient } from "./client.ts"
import { ALICE, requestRead, setUp, struck, texts } from "./world.ts"

const TRIGGERS: ReadonlyArray<readonly [Moment, string, unknown]> = [
  ["start", "status", {}],
  ["request", "status", {}],
  ["send", "send", { to: ALICE, text: "hi" }],
  ["sent", "send", { to: ALICE, text: "hi" }],
  ["subscribe", "watch.subscribe", {}]
]

describe("exit", () => {
  for (const [on, method, params] of TRIGGERS) {
    it.scopedLive(`ends the process on ${on} with its code, once`, () =>
      Effect.gen(function* () {
        const world = yield* setUp([{ _tag: "exit", code: 7, on }])
        yield* world.client.post(method, params)
        expect(yield* world.client.exit).toEqual(Exit.succeed(7))
        expect(yield* world.chats.sent()).toHaveLength(on === "sent" ? 1 : 0)
        const again = yield* openClient(world)
        expect((yield* again.request(method, params)).error).toBeUndefined()
      })
    )
  }

  it.scopedLive("waits for the method that it names", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp([{ _tag: "exit", code: 7, on: "request", method: "chats.list" }])
      expect((yield* client.request("status")).error).toBeUndefined()
      yield* client.post("chats.list")
      expect(yield* client.exit).toEqual(Exit.succeed(7))
    })
  )
})

describe("hang", () => {
  for (const [on, method, params] of TRIGGERS) {
    it.scopedLive(`on ${on} silences the process, which runs until it is killed`, () =>
      Effect.gen(function* () {
        const world = yield* setUp([{ _tag: "hang", on }])
        yield* world.client.post(method, params)
        yield* struck(world, "hang")
        yield* world.client.post("status")
        yield* world.client.end
        yield* world.hear("into the void")
        const second = yield* openClient(world)
        yield* second.request("watch.subscribe", { since_rowid: -1 })
        yield* eventually("the other process", second.messages, (all) => all.length >= 1)
        expect([yield* world.client.lines, isAlive(world.client.pid)]).toEqual([[], true])
        yield* signal(world.client.pid, "SIGTERM")
        expect(Exit.isFailure(yield* world.client.exit)).toBe(true)
      })
    )
  }
})

describe("the pipes", () => {
  it.scopedLive("noise: a line for people comes before the answer", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp([{ _tag: "noise", line: "Last login: today" }])
      yield* client.request("status")
      expect((yield* client.lines)[0]).toBe("Last login: today")
    })
  )

  it.scopedLive("oversize: so many bytes come without a newline", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp([{ _tag: "oversize", bytes: 300_000 }])
      yield* client.post("status")
      yield* eventually("the line", client.stdout, (all) => all.startsWith("x".repeat(300_000)))
    })
  )

  it.scopedLive("stderr: is flooded, and requests are answered", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp([{ _tag: "stderr", bytes: 200_000 }])
      yield* client.request("status")
      yield* eventually("the flood", client.stderr, (all) => all.trim().length >= 199_999)
    })
  )

  it.scopedLive("closeStdout: the reader sees the end while the process runs", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "closeStdout" }])
      yield* world.client.post("status")
      yield* eventually("the end of stdout", world.client.stdoutEnded, (ended) => ended)
      yield* world.client.post("chats.list")
      yield* requestRead(world, "chats.list")
      expect(isAlive(world.client.pid)).toBe(true)
    })
  )

  it.scopedLive("refuseStdin: writing fails while the process runs", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "refuseStdin" }])
      yield* world.client.request("status")
      yield* Effect.forkScoped(Effect.forever(Effect.delay(world.client.line("{}"), "5 millis")))
      expect(Exit.isFailure(yield* Effect.flatten(world.client.writing.await))).toBe(true)
      expect(isAlive(world.client.pid)).toBe(true)
    })
  )

  it.scopedLive("splitWrites: texts arrive whole through cut sequences", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "splitWrites" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("naïve ☕ 日本")
      yield* eventually("the message", texts(world), (all) => all.includes("naïve ☕ 日本"))
    })
  )
})

describe("the life of the process", () => {
  it.scopedLive("it ends when nobody reads stdout any more, though stdin is open", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp()
      yield* client.request("status")
      yield* client.stopReading
      yield* client.post("status")
      expect(yield* client.exit).toEqual(Exit.succeed(141))
    })
  )

  it.scopedLive("SIGTERM ends it", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp()
      yield* client.request("status")
      yield* signal(client.pid, "SIGTERM")
      expect(Exit.isFailure(yield* client.exit)).toBe(true)
    })
  )

  it.scopedLive("ignoreTerm: SIGTERM does not end it, the end of stdin does", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "ignoreTerm", times: 1 }])
      yield* world.client.request("status")
      yield* signal(world.client.pid, "SIGTERM")
      yield* struck(world, "ignoreTerm")
      expect((yield* world.client.request("status")).error).toBeUndefined()
      yield* world.client.end
      expect(yield* world.client.exit).toEqual(Exit.succeed(0))
    })
  )

  it.scopedLive("ignoreEof: the end of stdin does not end it, SIGTERM does", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "ignoreEof", times: 1 }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.client.end
      yield* struck(world, "ignoreEof")
      yield* world.hear("still there")
      yield* eventually("the message", texts(world), (all) => all.length === 1)
      yield* signal(world.client.pid, "SIGTERM")
      expect(Exit.isFailure(yield* world.client.exit)).toBe(true)
    })
  )

  it.scopedLive("slowStart: nothing is answered before its time", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "slowStart", ms: 400 }])
      yield* world.client.request("status")
      const events = yield* world.chats.recorded()
      const at = (tag: string) => events.find(({ event }) => event._tag === tag)?.at ?? 0
      expect(at("request") - at("start")).toBeGreaterThanOrEqual(399)
    })
  )

  it.scopedLive("a fault with times strikes that often, whichever process meets it", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "failSend", code: -32603, message: "no", times: 2 }])
      const clients = [world.client, yield* openClient(world)]
      const errors: Array<boolean> = []
      for (const client of [...clients, ...clients]) {
        errors.push((yield* client.request("send", { to: ALICE, text: "hi" })).error !== undefined)
      }
      expect(errors).toEqual([true, true, false, false])
    })
  )

  it.scopedLive("a process that is killed is no longer among the living", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      yield* world.client.request("status")
      expect(yield* world.pids).toEqual([world.client.pid])
      yield* signal(world.client.pid, "SIGKILL")
      yield* world.client.exit
      expect(yield* world.pids).toEqual([])
    })
  )
})
