/** Law 6, no echo: what the gateway said never comes back as input, and people are heard whatever they repeat. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { OWN_ALIAS, OWN_HANDLE } from "../../src/programs/simulator/ChatModel.ts"
import type { Fault } from "../../src/programs/simulator/Fault.ts"
import { answering, slow } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import {
  conversation,
  type Gateway,
  type LogLine,
  makeHome,
  openAccount,
  startGateway
} from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const DEADLINE = "20 seconds"
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

const Sent = Schema.Struct({ text: Schema.optional(Schema.String), file: Schema.optional(Schema.String) })
const decodeSent = Schema.decodeUnknownSync(Sent)

/** What the gateway has said: in a chat with oneself Messages itself does not tell it from what the owner wrote. */
const said = ({ chats }: Simulator) =>
  Effect.map(chats.recorded(), (events) =>
    events.flatMap(({ event }) => {
      if (event._tag !== "request" || event.method !== "send") return []
      const { file, text } = decodeSent(event.params)
      return [text ?? `file ${file?.slice(file.lastIndexOf("/") + 1)}`]
    })
  )

const isEcho = ({ message }: LogLine) => message === "an echo of what was said"

/** Waits until so many of the gateway's own words have come back and were known again. */
const awaitEchoes = (gateway: Gateway, count: number) =>
  gateway.awaitLog(`${count} echoes`, isEcho, { count, deadline: DEADLINE })

/** A gateway that answers everybody, in a chat that its owner has with themselves. */
const soliloquy = ({
  build = "0.15.0",
  config = () => ({}),
  imessage = {},
  prefix
}: {
  readonly build?: string
  readonly prefix?: string
  readonly imessage?: Readonly<Record<string, unknown>>
  readonly config?: (imsg: Simulator) => Readonly<Record<string, unknown>>
} = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ build })
    const chat = yield* imsg.chats.addDirectChat({ handle: OWN_HANDLE })
    yield* imsg.chats.fault(prefix === undefined ? { _tag: "mirror" } : { _tag: "mirror", prefix })
    const home = yield* makeHome({ imessage: { ...openAccount(imsg), ...imessage }, ...config(imsg) })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    return {
      imsg,
      home,
      gateway,
      /** The owner writes to themselves. */
      note: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: OWN_HANDLE, text })
    }
  })

/** Older than 0.5 nothing says which handles are the account's own. */
const BUILDS = ["0.4.0", "0.9.0", "0.15.0"]

describe("in a chat with oneself", () => {
  for (const build of BUILDS) {
    it.scopedLive(`each message has one answer, and the answer has none (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, note } = yield* soliloquy({ build })
        yield* note("alone")
        yield* awaitEchoes(gateway, 1)
        for (const n of numbers(5)) yield* note(`note ${n}`)
        yield* awaitEchoes(gateway, 6)
        expect(yield* said(imsg)).toEqual(["echo: alone", ...numbers(5).map((n) => `echo: note ${n}`)])
      })
    )

    it.scopedLive(`the owner is answered who repeats the answer, or what they wrote (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, note } = yield* soliloquy({ build })
        const notes = ["hello", "echo: hello", "echo: hello", "hello", "hello"]
        for (const [index, text] of notes.entries()) {
          yield* note(text)
          yield* awaitEchoes(gateway, index + 1)
        }
        yield* note("twice at once")
        yield* note("twice at once")
        yield* awaitEchoes(gateway, notes.length + 2)
        expect(yield* said(imsg)).toEqual(
          [...notes, "twice at once", "twice at once"].map((text) => `echo: ${text}`)
        )
      })
    )
  }

  for (const build of BUILDS.slice(1)) {
    it.scopedLive(`under an alias that no outgoing row names an answer has none (imsg ${build})`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const chat = yield* imsg.chats.addDirectChat({ handle: OWN_ALIAS })
        // What the owner writes elsewhere is not mirrored; what the gateway says comes back as theirs.
        yield* imsg.chats.fault({ _tag: "parrot" })
        const gateway = yield* startGateway(yield* makeHome({ imessage: openAccount(imsg) }))
        yield* gateway.awaitRunning()
        for (const n of numbers(3)) {
          yield* imsg.chats.receive({ chatId: chat.id, sender: OWN_ALIAS, text: `note ${n}` })
          yield* awaitEchoes(gateway, n)
        }
        expect(yield* said(imsg)).toEqual(numbers(3).map((n) => `echo: note ${n}`))
      })
    )
  }

  it.scopedLive("none of the parts of a long answer is answered", () =>
    Effect.gen(function* () {
      const { gateway, imsg, note } = yield* soliloquy({ imessage: { textChunkLimit: 20 } })
      yield* note("one two three four five six seven eight nine ten")
      const parts = ["echo: one two three", "four five six seven", "eight nine ten"]
      yield* awaitEchoes(gateway, parts.length)
      expect(yield* said(imsg)).toEqual(parts)
    })
  )

  for (const prefix of ["\u0006", "+\u0006", "\ufffdb\u0002", "\u0093b\u0002"]) {
    it.scopedLive(`an answer is known with ${JSON.stringify(prefix)} before its text`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, note } = yield* soliloquy({ prefix })
        for (const n of numbers(2)) {
          yield* note(`note ${n}`)
          yield* awaitEchoes(gateway, n)
        }
        expect(yield* said(imsg)).toEqual(["echo: note 1", "echo: note 2"])
      })
    )
  }

  // Where rows are read by their rowids the silence of the watch hides nothing.
  for (const build of ["0.9.0"]) {
    it.scopedLive(`a file that is an answer is not answered (imsg ${build})`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { gateway, imsg, note } = yield* soliloquy({
          build,
          imessage: { includeAttachments: true },
          config: ({ dir }) => ({
            agents: {
              list: [
                {
                  id: "main",
                  mediaRoots: [dir],
                  runtime: answering({ replies: [{ text: "look", media: [`${dir}/note.txt`] }] })
                }
              ]
            }
          })
        })
        yield* fs.writeFileString(`${imsg.dir}/note.txt`, "a note")
        for (const n of numbers(2)) {
          yield* note("show me")
          yield* awaitEchoes(gateway, 2 * n)
        }
        expect(yield* said(imsg)).toEqual(["look", "file note.txt", "look", "file note.txt"])
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scopedLive("an answer that is shown twice is known", () =>
    Effect.gen(function* () {
      const { gateway, imsg, note } = yield* soliloquy({ build: "0.9.0" })
      yield* imsg.chats.fault({ _tag: "duplicate", times: 8 })
      yield* note("one")
      yield* awaitEchoes(gateway, 1)
      yield* note("two")
      yield* awaitEchoes(gateway, 2)
      expect(yield* said(imsg)).toEqual(["echo: one", "echo: two"])
    })
  )

  const killed: ReadonlyArray<{ readonly what: string; readonly faults: ReadonlyArray<Fault> }> = [
    { what: "was sent", faults: [{ _tag: "stall" }] },
    {
      what: "was written and its send not answered",
      faults: [{ _tag: "stall" }, { _tag: "loseSendReply" }]
    }
  ]
  // Where rows are read by their rowids the silence of the watch hides nothing.
  for (const build of ["0.9.0"]) {
    for (const { faults, what } of killed) {
      it.scopedLive(`an answer that ${what} is known by the gateway after its kill -9 (imsg ${build})`, () =>
        Effect.gen(function* () {
          const { gateway, home, imsg, note } = yield* soliloquy({
            build,
            config: ({ dir }) => ({ agents: { list: [{ id: "main", runtime: slow(`${dir}/asked`, 0.7) }] } })
          })
          yield* note("before the kill")
          yield* eventually("the turn", readLines(`${imsg.dir}/asked`), (asked) => asked.length > 0, DEADLINE)
          // From here on nothing is announced, so the answer's rows are first shown to the next gateway.
          for (const fault of faults) yield* imsg.chats.fault(fault)
          yield* eventually(
            "the silence",
            imsg.chats.recorded(),
            (events) => events.some(({ event }) => event._tag === "fault" && event.fault === "stall"),
            DEADLINE
          )
          yield* gateway.signal("SIGKILL")
          yield* gateway.exitCode
          expect((yield* gateway.lines).some(isEcho)).toBe(false)
          const next = yield* startGateway(home)
          yield* awaitEchoes(next, 1)
          yield* note("after the kill")
          yield* awaitEchoes(next, 2)
          expect(yield* said(imsg)).toEqual(["echo: before the kill", "echo: after the kill"])
        })
      )
    }
  }

  it.scopedLive("the code that the owner gets as a stranger to their own account is not answered", () =>
    Effect.gen(function* () {
      const { gateway, imsg, note } = yield* soliloquy({
        imessage: { dmPolicy: "pairing", allowFrom: [], pairing: { message: "your code: {code}" } }
      })
      yield* note("hello")
      yield* awaitEchoes(gateway, 1)
      expect(yield* said(imsg)).toEqual([expect.stringContaining("your code: ")])
    })
  )
})

describe("in a chat with somebody else", () => {
  // Where rows are read by their rowids the silence of the watch hides nothing.
  for (const build of ["0.9.0"]) {
    it.scopedLive(
      `a person is answered who repeats the answer at once, or what they wrote (imsg ${build})`,
      () =>
        Effect.gen(function* () {
          const { gateway, imsg, say } = yield* conversation({ build })
          yield* imsg.chats.fault({ _tag: "mirror" })
          const texts = ["hello", "echo: hello", "echo: echo: hello", "hello", "hello", "echo: hello"]
          for (const [index, text] of texts.entries()) {
            yield* say(text)
            yield* imsg.awaitSent(index + 1, DEADLINE)
          }
          yield* say("hello")
          yield* say("hello")
          yield* imsg.awaitSent(texts.length + 2, DEADLINE)
          expect(yield* said(imsg)).toEqual([...texts, "hello", "hello"].map((text) => `echo: ${text}`))
          expect((yield* gateway.lines).some(isEcho)).toBe(false)
        })
    )
  }
})
