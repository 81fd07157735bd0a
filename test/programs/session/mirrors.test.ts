/** Law 6: whatever gives the gateway's own words back, however it does so, no loop goes on for ever. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Layer, Mailbox, Ref, TestClock } from "effect"
import * as EchoesSql from "../../../src/layers/echoes/EchoesSql.ts"
import * as PausedChatsSql from "../../../src/layers/limits/PausedChatsSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { makeNextBatch, type Waiting } from "../../../src/programs/session/batches.ts"
import * as LoopGuard from "../../../src/programs/session/LoopGuard.ts"
import * as Mirrors from "../../../src/programs/session/mirrors.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { type Envelope, withReaction } from "../../../src/schemas/Envelope.ts"
import type { Reaction } from "../../../src/schemas/Reaction.ts"
import { Echoes } from "../../../src/services/Echoes.ts"
import { PausedChats } from "../../../src/services/PausedChats.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { events } from "../../support/accounts.ts"
import { configLayer } from "../../support/configs.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { noStops } from "../../support/stops.ts"

const services = Layer.mergeAll(EchoesSql.layer, TurnMembersSql.layer, PausedChatsSql.layer).pipe(
  Layer.provide(configLayer()),
  Layer.provideMerge(Layer.merge(DatabaseSqlite.memory, events))
)

const CHAT = { accountId: "default", chat: "chat_id:7" }

interface World {
  /** What comes back for a part that was said. */
  readonly back?: (said: string) => string
  /** What comes back is a reaction to the part, such as this. */
  readonly reaction?: Pick<Reaction, "isText" | "to">
  readonly delayMs?: number
  readonly debounceMs?: number
  /** The parts of the answer to a message. */
  readonly answer?: (text: string) => ReadonlyArray<string>
}

/** A session that answers at once, and a chat that gives each part of an answer back. `said` is all that it said. */
const makeWorld = ({
  answer = (text) => [`echo: ${text}`],
  back = (said) => said,
  debounceMs = 0,
  delayMs = 0,
  reaction
}: World) =>
  Effect.gen(function* () {
    const echoes = yield* Echoes
    const mail = yield* Mailbox.make<Waiting>()
    const said = yield* Ref.make<ReadonlyArray<string>>([])
    const rows = yield* Ref.make(0)
    const comeAs = (made: (envelope: Envelope) => Envelope, text: string, chatId: number) =>
      Effect.flatMap(
        Ref.updateAndGet(rows, (row) => row + 1),
        (rowId) =>
          Effect.gen(function* () {
            const envelope = made(makeEnvelope({ chatId, rowId, text }))
            const isGivenBack = yield* echoes.givesBack(envelope)
            yield* mail.offer({ payload: { envelope, agentId: "main", isGroup: false, isGivenBack } })
          })
      )
    const come = (text: string, chatId = 7) => comeAs((envelope) => envelope, text, chatId)
    const comeBack = (said: string) =>
      reaction === undefined
        ? come(back(said))
        : comeAs(
            (envelope) => withReaction(envelope, { kind: "like", isRemoved: false, ...reaction }),
            said,
            7
          )
    const say = (id: string, chatId: number, text: string, index: number) =>
      Effect.gen(function* () {
        yield* echoes.follow(
          { id, accountId: "default", target: { _tag: "ChatId", chatId } },
          { index, part: { _tag: "Text", text } },
          PartState.Sending({ triedAt: 0, afterRowId: 0 })
        )
        const all = yield* Ref.updateAndGet(said, (before) => [...before, text])
        // A loop without end ends here, so that it fails a test and does not hang it.
        if (chatId === 7 && all.length < 300) yield* Effect.forkDaemon(Effect.delay(comeBack(text), delayMs))
      })
    const nextBatch = makeNextBatch({
      mail,
      capacity: 64,
      lanes: { pause: () => Effect.void, resume: () => Effect.void },
      settings: Effect.succeed({ debounceMs, maxPerMinute: 0, mirrors: 3 }),
      guard: yield* LoopGuard.make,
      mirrors: yield* Mirrors.make,
      turnMembers: yield* TurnMembers,
      stops: noStops,
      turnEnd: { isOver: () => Effect.succeed(false), isNew: () => Effect.succeed(true) }
    })
    yield* nextBatch.pipe(
      Effect.flatMap((next) => {
        if (next._tag === "Drop") return Effect.dieMessage("nobody stops anything here")
        const { batch, id } = next.ask
        const parts = answer(batch.map(({ envelope }) => envelope.text).join("\n"))
        const [{ envelope }] = batch
        return Effect.forEach(parts, (text, index) => say(id, envelope.chatId ?? 0, text, index))
      }),
      Effect.forever,
      Effect.forkScoped
    )
    return { come, said: Ref.get(said) }
  })

/** Lets minutes pass until a chat is paused for good: from then on nothing is said there, however long one waits. */
const untilPausedForGood = Effect.gen(function* () {
  const { all } = yield* PausedChats
  for (let minute = 0; minute < 60; minute++) {
    if ((yield* all).some(({ until }) => until === undefined)) return
    yield* TestClock.adjust("1 minute")
  }
})

/** Each of the pauses that end by themselves lets one more turn through: so the third is reached, and is the last. */
describe("a chat that gives the gateway's own words back", () => {
  it.scoped("is paused at the third in a row, longer each time, and then until its owner resumes it", () =>
    Effect.gen(function* () {
      const { all, resume } = yield* PausedChats
      const { come, said } = yield* makeWorld({})
      yield* come("hello")
      yield* TestClock.adjust(0)
      expect(yield* said).toHaveLength(3)
      expect(yield* all).toMatchObject([{ ...CHAT, times: 1 }])
      yield* TestClock.adjust("61 seconds")
      expect(yield* said).toHaveLength(4)
      expect(yield* all).toMatchObject([{ ...CHAT, times: 2 }])
      yield* untilPausedForGood
      expect(yield* said).toHaveLength(5)
      expect(yield* all).toMatchObject([{ ...CHAT, times: 3, until: undefined }])
      yield* come("is anybody there?")
      yield* TestClock.adjust("5 minutes")
      expect(yield* said).toHaveLength(5)
      yield* resume(CHAT)
      yield* TestClock.adjust("2 seconds")
      expect((yield* said).some((text) => text === "echo: is anybody there?")).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.scoped("holds up no other chat", () =>
    Effect.gen(function* () {
      const { come, said } = yield* makeWorld({})
      yield* come("hello")
      yield* TestClock.adjust(0)
      yield* come("from another chat", 8)
      yield* TestClock.adjust(0)
      expect((yield* said).at(-1)).toBe("echo: from another chat")
    }).pipe(Effect.provide(services))
  )

  it.scoped.prop(
    "is paused in time, in whatever way it gives them back",
    {
      before: FastCheck.constantFrom("", "Robin: ", "> ", "\u0006", "“"),
      after: FastCheck.constantFrom("", "\n\nSent from my phone", " ", "”"),
      delayMs: FastCheck.constantFrom(0, 700, 20_000),
      debounceMs: FastCheck.constantFrom(0, 500),
      parts: FastCheck.constantFrom(1, 3, 10, 30),
      isConstant: FastCheck.boolean()
    },
    ({ after, before, debounceMs, delayMs, isConstant, parts }) =>
      Effect.gen(function* () {
        const { come, said } = yield* makeWorld({
          back: (text) => `${before}${text}${after}`,
          delayMs,
          debounceMs,
          answer: (text) =>
            Array.from({ length: parts }, (_, at) =>
              isConstant ? `This is what I always say, number ${at}.` : `echo ${at}: ${text}`
            )
        })
        yield* come("A first message that is long enough to be known again")
        yield* TestClock.adjust("70 seconds")
        // Three turns, and one more where the first pause is over by now.
        expect((yield* said).length).toBeLessThanOrEqual(4 * parts)
        expect(yield* (yield* PausedChats).all).toHaveLength(1)
      }).pipe(Effect.provide(services)),
    { fastCheck: { numRuns: 10 } }
  )
})

describe("a machine that reacts in words to each answer", () => {
  const loved = { isText: true, to: { isOwn: true, text: "Ok." } }

  it.scoped("is paused as a mirror is", () =>
    Effect.gen(function* () {
      const { come, said } = yield* makeWorld({ answer: () => ["Ok."], reaction: loved, delayMs: 700 })
      yield* come("hello")
      yield* TestClock.adjust("30 seconds")
      expect(yield* said).toHaveLength(3)
      expect(yield* (yield* PausedChats).all).toMatchObject([{ ...CHAT, times: 1 }])
    }).pipe(Effect.provide(services))
  )

  it.scoped.each<readonly [what: string, reaction: World["reaction"]]>([
    ["with tapbacks, as people give them", { to: loved.to }],
    ["to the words of others", { isText: true, to: { isOwn: false, text: "Ok." } }]
  ])("is heard as anybody who reacts %s", ([_, reaction]) =>
    Effect.gen(function* () {
      const { come, said } = yield* makeWorld({
        answer: () => ["It is nine."],
        ...(reaction === undefined ? {} : { reaction }),
        delayMs: 700
      })
      yield* come("hello")
      yield* TestClock.adjust("10 seconds")
      expect((yield* said).length).toBeGreaterThan(10)
    }).pipe(Effect.provide(services))
  )
})

describe("a person", () => {
  it.scoped("is heard who repeats the gateway's words, also twice, and now and then", () =>
    Effect.gen(function* () {
      const { all } = yield* PausedChats
      const { come, said } = yield* makeWorld({ answer: () => ["It is nine o'clock now."] })
      const texts = ["What time?", "It is nine o'clock now.", "It is nine o'clock now.", "Sure?"]
      for (const text of [...texts, ...texts, ...texts]) {
        yield* come(text, 8)
        yield* TestClock.adjust("1 second")
      }
      expect(yield* said).toHaveLength(12)
      expect(yield* all).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.scoped("is heard a minute later who repeats them over and over", () =>
    Effect.gen(function* () {
      const { come, said } = yield* makeWorld({ answer: () => ["Ok."] })
      for (const text of ["Go", "ok.", "ok.", "ok.", "Hello?"]) {
        yield* come(text, 8)
        yield* TestClock.adjust("1 second")
      }
      expect(yield* said).toHaveLength(3)
      yield* TestClock.adjust("1 minute")
      expect(yield* said).toHaveLength(5)
    }).pipe(Effect.provide(services))
  )
})
