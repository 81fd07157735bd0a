import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import * as AuditSql from "../../../src/layers/audit/AuditSql.ts"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import { ANSWERED_BYTES, ASKED_BYTES, CONVERSATION_BYTES } from "../../../src/schemas/Conversation.ts"
import { CUT_MARK } from "../../../src/schemas/cut.ts"
import { Audit, OnBehalfOf } from "../../../src/services/Audit.ts"
import { Conversations } from "../../../src/services/Conversations.ts"
import { brought, group, open, person, say, session, turnsOf } from "../../support/conversations.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"

const store = Layer.mergeAll(ConversationsSql.layer, AuditSql.layer).pipe(Layer.provideMerge(database))

const test = (what: string, run: Effect.Effect<void, unknown, Conversations | Audit | Database>) =>
  it.effect(what, () => Effect.provide(run, store))

const remember = (...given: Parameters<typeof brought>) =>
  Effect.flatMap(Conversations, (conversations) => conversations.remember(brought(...given)))

/** Rows of every table of the room. */
const rows = Effect.flatMap(Database, ({ prepare, read }) => {
  const count = prepare<{ readonly n: number }>(`
    SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM exchanges)
      + (SELECT count(*) FROM conversation_handles) AS n`)
  return Effect.map(
    read(() => count.get()),
    (row) => row?.n
  )
})

describe("a conversation", () => {
  test(
    "is empty before anything was said, and has then what was said, oldest first",
    Effect.gen(function* () {
      expect(yield* open(person(ALICE))).toMatchObject({ key: person(ALICE).key, exchanges: [] })
      yield* say(person(ALICE), "t-1", "t-2")
      expect((yield* open(person(ALICE))).exchanges).toEqual([
        { turnId: "t-1", asked: "asked t-1", answered: "answered t-1", at: 1000 },
        { turnId: "t-2", asked: "asked t-2", answered: "answered t-2", at: 1000 }
      ])
    })
  )

  test(
    "is the same one however often it is opened",
    Effect.gen(function* () {
      const { number } = yield* open(person(ALICE))
      yield* TestClock.adjust("5 hours")
      expect((yield* say(person(ALICE), "t-1")).number).toBe(number)
      expect((yield* open(person(ALICE))).number).toBe(number)
    })
  )

  test(
    "is another one with another agent, of another person, of a group, and of a session",
    Effect.gen(function* () {
      const others = [
        { ...person(ALICE), key: { ...person(ALICE).key, agentId: "other" } },
        person(BOB),
        group(ALICE),
        { ...session(ALICE), key: { ...session(ALICE).key, of: ALICE } }
      ]
      yield* say(person(ALICE), "t-1")
      for (const other of others) expect(yield* turnsOf(other)).toEqual([])
    })
  )

  test(
    "has one exchange of a turn, whose longest answer stands: pieces come one by one, and again",
    Effect.gen(function* () {
      const conversation = yield* say(person(ALICE), "t-1")
      const pieces = ["", "One.", "One. Two.", "One. Two. Three.", "One. Two.", "One."]
      for (const answered of pieces) yield* remember(conversation, { turnId: "t-2", answered })
      expect((yield* open(person(ALICE))).exchanges.map(({ answered }) => answered)).toEqual([
        "answered t-1",
        "One. Two. Three."
      ])
    })
  )

  test(
    "knows by what its agent knows it, until that says another",
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      const references = [undefined, "a", undefined, "b", "c".repeat(10_000)]
      const known: Array<string | undefined> = []
      for (const [at, reference] of references.entries()) {
        yield* remember(conversation, { turnId: `t-${at}` }, reference === undefined ? {} : { reference })
        known.push((yield* open(person(ALICE))).reference)
      }
      expect(known).toEqual([undefined, "a", "a", "b", "b"])
    })
  )
})

describe("another conversation that somebody begins", () => {
  test(
    "has nothing of the one before, nor what its agent knew it by",
    Effect.gen(function* () {
      const { beginAnother } = yield* Conversations
      const before = yield* open(person(ALICE))
      yield* remember(before, { turnId: "t-1" }, { reference: "session-1" })
      expect(yield* beginAnother(person(ALICE).key)).toBe(true)
      const after = yield* open(person(ALICE))
      expect(after).toEqual({ key: before.key, number: after.number, exchanges: [] })
      expect(after.number).not.toBe(before.number)
    })
  )

  test(
    "does not get what a turn brings that began before it",
    Effect.gen(function* () {
      const { beginAnother } = yield* Conversations
      const before = yield* say(person(ALICE), "t-1")
      yield* beginAnother(person(ALICE).key)
      yield* remember(before, { turnId: "late" }, { reference: "late" })
      expect(yield* open(person(ALICE))).not.toHaveProperty("reference")
      yield* remember(before, { turnId: "later" })
      expect(yield* turnsOf(person(ALICE))).toEqual([])
    })
  )

  test(
    "is none of the same number in another's name",
    Effect.gen(function* () {
      const { number } = yield* open(person(ALICE))
      yield* open(person(BOB))
      yield* remember({ key: person(BOB).key, number }, { turnId: "t-1" })
      expect(yield* turnsOf(person(ALICE))).toEqual([])
      expect(yield* turnsOf(person(BOB))).toEqual([])
    })
  )

  test(
    "is told apart from the first: nothing was kept where only a turn had begun",
    Effect.gen(function* () {
      const { beginAnother } = yield* Conversations
      expect(yield* beginAnother(person(ALICE).key)).toBe(false)
      yield* open(person(ALICE))
      expect(yield* beginAnother(person(ALICE).key)).toBe(false)
      expect(yield* rows).toBe(0)
    })
  )
})

describe("what is kept is bounded", () => {
  test(
    "by the number of exchanges, as it is written and as it is read",
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      for (const n of [1, 2, 3, 4]) yield* remember(conversation, { turnId: `t-${n}` }, { maxExchanges: 3 })
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-2", "t-3", "t-4"])
      expect(yield* turnsOf(person(ALICE), 2)).toEqual(["t-3", "t-4"])
    })
  )

  test(
    "by the bytes of a question and of an answer, with a mark where they are cut",
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      const asked = "é".repeat(ASKED_BYTES)
      const answered = "日".repeat(ANSWERED_BYTES)
      yield* remember(conversation, { turnId: "t-1", asked, answered })
      const [kept] = (yield* open(person(ALICE))).exchanges
      expect(kept?.asked).toBe(`${"é".repeat(ASKED_BYTES / 2)}${CUT_MARK}`)
      expect(kept?.answered.endsWith(CUT_MARK)).toBe(true)
      expect(Buffer.byteLength(kept?.answered ?? "")).toBeLessThan(ANSWERED_BYTES + 20)
    })
  )

  test(
    "by the bytes of all of it: the oldest exchanges go, whole, and the newest never",
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      const quarter = "x".repeat(CONVERSATION_BYTES / 4 - 1)
      for (const n of [1, 2, 3, 4, 5, 6]) {
        yield* remember(conversation, { turnId: `t-${n}`, asked: "?", answered: quarter })
      }
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-3", "t-4", "t-5", "t-6"])
      // A piece makes an exchange longer that was there already.
      yield* remember(conversation, { turnId: "t-6", asked: "?", answered: `${quarter}x` })
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-4", "t-5", "t-6"])
    })
  )

  test(
    "by the number of conversations: those go in which nobody has spoken for the longest",
    Effect.gen(function* () {
      const { prepare, write } = yield* Database
      const add = prepare(
        "INSERT INTO conversations (agent_id, kind, whose, began_at, last_at) VALUES ('main', 'group', ?, 1, ?)"
      )
      yield* write(function* () {
        for (let n = 0; n < 10_000; n++) yield* add.run(`g-${n}`, n === 0 ? 5_000 : n)
      })
      yield* open(person(ALICE))
      const left = prepare<{ readonly whose: string }>("SELECT whose FROM conversations ORDER BY number")
      const whose = (yield* write(() => left.all())).map((row) => row.whose)
      expect(whose).toHaveLength(10_000)
      expect([whose[0], whose[1], whose.at(-1)]).toEqual(["g-0", "g-2", ALICE])
    })
  )

  test(
    "by the handles of a session: one in which too many have spoken begins anew",
    Effect.gen(function* () {
      const many = Array.from({ length: 1000 }, (_, n) => `someone-${n}@example.com`)
      const { number } = yield* say(session(...many), "t-1")
      expect(yield* turnsOf(session(...many.slice(0, 2)))).toEqual(["t-1"])
      const after = yield* open(session(ALICE))
      expect(after).toMatchObject({ exchanges: [] })
      expect(after.number).not.toBe(number)
    })
  )
})

describe("law 5: a person's conversation", () => {
  const sam = person("sam", ALICE, BOB)

  test(
    "is theirs by all of their handles, in whatever order",
    Effect.gen(function* () {
      yield* say(sam, "t-1")
      expect(yield* turnsOf(person("sam", BOB, ALICE))).toEqual(["t-1"])
      expect(yield* turnsOf(person("sam", BOB, ALICE, "sam@example.com"))).toEqual(["t-1"])
    })
  )

  test(
    "is over once a handle is not theirs any more that spoke in it",
    Effect.gen(function* () {
      yield* say(sam, "t-1")
      expect(yield* turnsOf(person("sam", ALICE))).toEqual([])
      expect(yield* turnsOf(sam)).toEqual([])
    })
  )

  test(
    "is over once their name is somebody else's",
    Effect.gen(function* () {
      yield* say(person("sam", ALICE), "t-1")
      expect(yield* turnsOf(person("sam", BOB))).toEqual([])
    })
  )
})

describe("who is forgotten", () => {
  const samAsAlice = person("sam", ALICE)

  test(
    "is so with every agent, in sessions that they wrote in, and under each name; others are not",
    Effect.gen(function* () {
      const { forget } = yield* Conversations
      const withOther = { ...person(ALICE), key: { ...person(ALICE).key, agentId: "other" } }
      for (const asking of [person(ALICE), samAsAlice, withOther, person(BOB), group("group:7")]) {
        yield* say(asking, "t-1")
      }
      yield* say(session(ALICE), "t-1")
      yield* say(session(BOB), "t-2")
      expect(yield* forget([ALICE, "alice@example.com"])).toBe(4)
      for (const asking of [person(ALICE), samAsAlice, withOther, session(BOB)]) {
        expect(yield* turnsOf(asking)).toEqual([])
      }
      expect(yield* turnsOf(person(BOB))).toEqual(["t-1"])
      expect(yield* turnsOf(group("group:7"))).toEqual(["t-1"])
    })
  )

  test(
    "is not remembered by the turn that is being answered meanwhile, be it their first",
    Effect.gen(function* () {
      const { forget } = yield* Conversations
      for (const asking of [person(ALICE), samAsAlice, session(ALICE)]) {
        const opened = yield* open(asking)
        yield* forget([ALICE])
        yield* remember(opened, { turnId: "t-1" })
      }
      expect(yield* rows).toBe(0)
    })
  )
})

describe("an owner", () => {
  test(
    "sees of which conversations anything is kept, last spoken in first, without words",
    Effect.gen(function* () {
      const { list } = yield* Conversations
      const alice = yield* say(person(ALICE), "t-1", "t-2")
      const bob = yield* open(person(BOB))
      yield* remember(bob, { turnId: "t-3", at: 5000 })
      yield* open(group("group:7"))
      expect(yield* list(10)).toEqual([
        { number: bob.number, key: bob.key, exchanges: 1, beganAt: 0, lastAt: 5000 },
        { number: alice.number, key: alice.key, exchanges: 2, beganAt: 0, lastAt: 1000 }
      ])
      expect((yield* list(1)).map(({ number }) => number)).toEqual([bob.number])
    })
  )

  test(
    "sees what was said and has it forgotten, which the audit log keeps without the words",
    Effect.gen(function* () {
      const { clear, forget, show } = yield* Conversations
      const { number } = yield* say(person(ALICE), "t-1")
      yield* say(person(BOB), "t-2")
      expect(yield* show(number)).toMatchObject({ number, said: [{ asked: "asked t-1" }] })
      expect(yield* clear(number)).toMatchObject({ number, exchanges: 1 })
      expect(yield* turnsOf(person(ALICE))).toEqual([])
      yield* forget([BOB])
      const entries = yield* (yield* Audit).entries({ limit: 10 })
      const of = (_tag: string, key: object) => ({ _tag, ...key })
      expect(entries.map(({ event }) => event)).toEqual([
        of("ConversationShown", person(ALICE).key),
        of("ConversationCleared", person(ALICE).key),
        of("ConversationCleared", person(BOB).key)
      ])
      expect(entries.every(({ by }) => by._tag === "CommandLine")).toBe(true)
    }).pipe(Effect.provideService(OnBehalfOf, { _tag: "CommandLine", user: "sam" }))
  )

  test(
    "is told where there is no such conversation, or nothing in it, and the audit log has nothing of that",
    Effect.gen(function* () {
      const { clear, show } = yield* Conversations
      const { number } = yield* open(person(ALICE))
      const failures = [show(number), clear(number), show(99), clear(99)]
      for (const failing of failures) {
        expect(yield* Effect.flip(failing)).toMatchObject({ code: "conversation_not_found" })
      }
      expect(yield* (yield* Audit).entries({ limit: 10 })).toEqual([])
    })
  )
})
