/** What happens to messages that no watch announced: after a pause of the gateway, of a child, or of the watch itself. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Status } from "../../src/schemas/control/Status.ts"
import { run } from "../support/command.ts"
import {
  conversation,
  type Home,
  type LogLine,
  makeHome,
  openAccount,
  PERSON,
  QUICK,
  startGateway
} from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const BUILDS = ["0.9.0", "0.15.0"] as const

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const texts = (imsg: Simulator) => Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))

/** How often a child was asked a method. */
const asked = (imsg: Simulator, wanted: string) =>
  Effect.map(
    imsg.chats.recorded(),
    (events) => events.filter(({ event }) => event._tag === "request" && event.method === wanted).length
  )

/** A line that a child was started and reads: one for each. */
const isRunning = ({ message }: LogLine) => message === "running"

/** A gateway that was stopped after it had answered once, so that it knows where it was. */
const paused = (build: string, imessage: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ build })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const home = yield* makeHome({ imessage: { ...openAccount(imsg), ...imessage } })
    const say = (text: string, at?: number) =>
      imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, ...(at === undefined ? {} : { at }) })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    yield* say("before")
    yield* imsg.awaitSent(1)
    yield* gateway.signal("SIGTERM")
    yield* gateway.exitCode
    return { imsg, home, say }
  })

describe("after a pause of the gateway", () => {
  for (const build of BUILDS) {
    it.scopedLive(`what was missed is answered, once and in order (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { home, imsg, say } = yield* paused(build)
        for (const n of numbers(1, 120)) yield* say(`missed ${n}`)
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* say("after")
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: after"), "30 seconds")
        expect((yield* texts(imsg)).slice(1)).toEqual([
          ...numbers(1, 120).map((n) => `echo: missed ${n}`),
          "echo: after"
        ])
        expect((yield* asked(imsg, "messages.after")) > 0).toBe(build === "0.15.0")
      })
    )

    it.scopedLive(`no more than maxRows are answered, the newest (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { home, imsg, say } = yield* paused(build, { catchUp: { maxRows: 5 } })
        for (const n of numbers(1, 20)) yield* say(`missed ${n}`)
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* imsg.awaitSent(6)
        yield* say("after")
        yield* imsg.awaitSent(7)
        expect((yield* texts(imsg)).slice(1)).toEqual([
          ...numbers(16, 20).map((n) => `echo: missed ${n}`),
          "echo: after"
        ])
        const [warning] = yield* gateway.awaitLog("the rest", ({ message }) =>
          String(message).includes("catchUp.maxRows")
        )
        expect(warning?.annotations.rows).toBe(15)
      })
    )
  }

  for (const build of BUILDS) {
    it.scopedLive(`a flood of others does not push out what a friend wrote (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { home, imsg, say } = yield* paused(build, {
          dmPolicy: "allowlist",
          allowFrom: [PERSON],
          groupPolicy: "open",
          catchUp: { maxRows: 20 }
        })
        const stranger = "+15555550119"
        const strange = yield* imsg.chats.addDirectChat({ handle: stranger })
        const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, stranger] })
        yield* say("from a friend")
        const flood = (chatId: number) =>
          numbers(1, 300).map((n) => ({ chatId, sender: stranger, text: `flood ${n}` }))
        // Of the one nobody hears; the other is let in, and has its share.
        yield* imsg.chats.insertMany([...flood(strange.id), ...flood(group.id)])
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* say("after")
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: after"), "30 seconds")
        const answers = (yield* texts(imsg)).slice(1)
        expect(answers).toContain("echo: from a friend")
        yield* imsg.awaitSent(22)
        expect((yield* texts(imsg)).filter((text) => text.startsWith("echo: flood"))).toEqual(
          numbers(282, 300).map((n) => `echo: flood ${n}`)
        )
        const [warning] = yield* gateway.awaitLog("the rest", ({ message }) =>
          String(message).includes("catchUp.maxRows")
        )
        expect(warning?.annotations.rows).toBe(281)
      })
    )
  }

  for (const build of BUILDS) {
    it.scopedLive(`a photo without words has its share too (imsg ${build})`, () =>
      Effect.gen(function* () {
        const friend = "+15555550119"
        const { home, imsg, say } = yield* paused(build, {
          includeAttachments: true,
          catchUp: { maxRows: 2 }
        })
        const other = yield* imsg.chats.addDirectChat({ handle: friend })
        for (const n of numbers(1, 4)) yield* say(`missed ${n}`)
        const photo = {
          filename: `${imsg.dir}/photo.png`,
          transferName: "photo.png",
          uti: "public.png",
          mimeType: "image/png",
          totalBytes: 1,
          isSticker: false
        }
        yield* imsg.chats.receive({ chatId: other.id, sender: friend, text: "\ufffc", attachments: [photo] })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        const sent = yield* imsg.awaitSent(3)
        expect(sent.slice(1).map(({ chatId }) => chatId === other.id)).toEqual([false, true])
        expect((yield* texts(imsg))[1]).toBe("echo: missed 4")
      })
    )
  }

  it.scopedLive("what is older than maxAgeMs is not answered", () =>
    Effect.gen(function* () {
      const { home, imsg, say } = yield* paused("0.15.0", { catchUp: { maxAgeMs: 60_000 } })
      // Messages syncs rows in with dates of their own; all of these are newer than the first start.
      yield* say("long ago", Date.now() - 61_000)
      yield* say("just now")
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.awaitSent(2)
      expect((yield* texts(imsg)).slice(1)).toEqual(["echo: just now"])
      const [warning] = yield* gateway.awaitLog("the other one", ({ message }) =>
        String(message).includes("catchUp.maxAgeMs")
      )
      expect(warning?.annotations).toMatchObject({ rows: 1, account: "default" })
    })
  )
})

describe("a watch that goes silent while the database moves on", () => {
  for (const build of BUILDS) {
    const isPulled = build === "0.15.0"
    const what = isPulled ? "costs nothing" : "is replaced within stallMs, and nothing is lost"
    it.scopedLive(`${what} (imsg ${build})`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const home = yield* makeHome({
          imessage: {
            ...openAccount(imsg),
            supervision: { ...QUICK.supervision, heartbeatMs: 60_000, stallMs: 800 }
          }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* imsg.chats.fault({ _tag: "stall" })
        for (const n of numbers(1, 3)) {
          yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: `unannounced ${n}` })
        }
        yield* imsg.awaitSent(3)
        expect(yield* texts(imsg)).toEqual(numbers(1, 3).map((n) => `echo: unannounced ${n}`))
        if (isPulled) return
        const [given] = yield* gateway.awaitLog(
          "why",
          ({ annotations }) => annotations.code === "child_stuck"
        )
        expect(given?.message).toContain("has been silent for 800 ms while the database moved on")
      })
    )
  }

  it.scopedLive("is well where nothing in the database is for the gateway", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ build: "0.9.0" })
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: {
          ...openAccount(imsg),
          supervision: { ...QUICK.supervision, heartbeatMs: 60_000, stallMs: 400 }
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const { guid } = yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
      yield* imsg.awaitSent(1)
      // "hello" itself can be unannounced for stallMs where the machine is slow: what is asked here is what comes after it.
      const children = (yield* gateway.awaitLog("a child", isRunning)).length
      yield* imsg.chats.react({ chatId: chat.id, sender: PERSON, to: guid, reaction: "like" })
      yield* imsg.chats.fault({ _tag: "stall" })
      yield* imsg.chats.send({ chatId: chat.id, text: "the owner, on their phone" })
      const looks = yield* asked(imsg, "chats.list")
      yield* eventually("three times stallMs", asked(imsg, "chats.list"), (now) => now >= looks + 12)
      expect((yield* gateway.awaitLog("no other child", isRunning)).length).toBe(children)
    })
  )
})

describe("a watch that overflows", () => {
  it.scopedLive("costs nothing, and is begun again on the same child", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say } = yield* conversation()
      yield* say("before")
      yield* imsg.awaitSent(1)
      yield* imsg.chats.fault({ _tag: "overflow" })
      for (const n of numbers(1, 5)) yield* say(`missed ${n}`)
      yield* imsg.awaitSent(6)
      yield* say("after")
      yield* imsg.awaitSent(7)
      expect(yield* texts(imsg)).toEqual([
        "echo: before",
        ...numbers(1, 5).map((n) => `echo: missed ${n}`),
        "echo: after"
      ])
      yield* eventually("the next watch", asked(imsg, "watch.subscribe"), (times) => times === 2)
      expect((yield* gateway.awaitLog("one child", isRunning)).length).toBe(1)
    })
  )
})

describe("a database that was replaced", () => {
  const said = (line: { readonly message: unknown }) =>
    String(line.message).startsWith("the database was replaced: ")

  /** Another database in its place: its rowids start over. */
  const replace = (imsg: Simulator) =>
    Effect.gen(function* () {
      yield* imsg.chats.reset
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      yield* say("from before the change")
      return say
    })

  const decodeReport = Schema.decodeUnknown(Schema.parseJson(Status))
  const cursorShown = (home: Home) =>
    run("status", "--json", "--config", home.configFile).pipe(
      Effect.flatMap(({ stdout }) => decodeReport(stdout)),
      Effect.map(({ accounts: [account] }) => account?.cursor)
    )

  for (const build of BUILDS) {
    it.scopedLive(`while the gateway runs is noticed, said, and followed from its tail (imsg ${build})`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const home = yield* makeHome({
          imessage: {
            ...openAccount(imsg),
            supervision: { ...QUICK.supervision, stallMs: 1000 }
          }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        for (const n of numbers(1, 5)) {
          yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: `old ${n}` })
        }
        yield* imsg.awaitSent(5)
        const say = yield* replace(imsg)
        yield* gateway.awaitLog("the change", said)
        yield* gateway.awaitRunning("default", 2)
        yield* say("after the change")
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: after the change"))
        expect(yield* texts(imsg)).toEqual(["echo: after the change"])
        yield* eventually("the cursor in the new database", cursorShown(home), (cursor) => cursor === 3)
      })
    )
  }

  it.scopedLive("while the gateway was away is noticed at its start", () =>
    Effect.gen(function* () {
      const { home, imsg, say: before } = yield* paused("0.15.0")
      for (const n of numbers(1, 5)) yield* before(`old ${n}`)
      const second = yield* startGateway(home)
      yield* imsg.awaitSent(6)
      yield* second.signal("SIGTERM")
      yield* second.exitCode
      const say = yield* replace(imsg)
      const gateway = yield* startGateway(home)
      yield* gateway.awaitLog("the change", said)
      yield* gateway.awaitRunning()
      yield* say("after the change")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: after the change"))
      expect(yield* texts(imsg)).toEqual(["echo: after the change"])
    })
  )
})
