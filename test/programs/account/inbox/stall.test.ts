import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Option, Ref, TestClock } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { START } from "../../../../src/programs/account/inbox/position.ts"
import { stallWatch } from "../../../../src/programs/account/inbox/stall.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { type ChildOptions, makeChild } from "../../../support/fakeImsg.ts"

const STALL_MS = 60_000

/** A watch over a database whose newest rows a test sets; the cursor is at 40. */
const watched = (rows: ReadonlyArray<ImsgMessage>, options: Omit<ChildOptions, "answer"> = {}) =>
  Effect.gen(function* () {
    const newest = yield* Ref.make(rows)
    const child = yield* makeChild({
      ...options,
      answer: ({ method, params }) =>
        method === "chats.list"
          ? Effect.succeed({ chats: [{ id: 7 }] })
          : Effect.map(Ref.get(newest), (messages) => ({
              messages:
                "since_rowid" in params
                  ? messages.filter(({ id }) => id > Number(params.since_rowid))
                  : messages
            }))
    })
    const context = yield* AccountContext.make(makeAccount({ supervision: { stallMs: STALL_MS } }))
    yield* Ref.set(context.position, {
      ...START,
      cursor: 40,
      landmarks: { newestAt: undefined, rows: [{ rowId: 40, guid: "guid-40", chatId: 7, sentAt: 0 }] }
    })
    const fiber = yield* Effect.fork(Effect.flip(stallWatch(context, child.session)))
    return {
      context,
      child,
      write: (...more: ReadonlyArray<ImsgMessage>) => Ref.update(newest, (before) => [...more, ...before]),
      replaceWith: (...others: ReadonlyArray<ImsgMessage>) => Ref.set(newest, others),
      /** The watch announced everything up to a row. */
      announced: (rowId: number) =>
        Effect.gen(function* () {
          yield* Ref.update(context.position, (before) => ({ ...before, cursor: rowId }))
          yield* Ref.set(context.heardAt, yield* Clock.currentTimeMillis)
        }),
      /** Why the child was given up, if it was. */
      verdict: Effect.flatMap(
        Fiber.poll(fiber),
        Option.match({ onNone: () => Effect.succeed(undefined), onSome: (exit) => exit })
      )
    }
  })

const known = makeMessage({ id: 40 })

describe("a child's watch", () => {
  it.effect("is stalled when a row stays unannounced, within stallMs", () =>
    Effect.gen(function* () {
      const { context, verdict, write } = yield* watched([known])
      yield* TestClock.adjust(STALL_MS)
      yield* write(makeMessage({ id: 41 }))
      yield* TestClock.adjust(STALL_MS)
      expect(yield* verdict).toMatchObject({ _tag: "ChildStuck", watch: "stall", afterMs: STALL_MS })
      expect(yield* Ref.get(context.stalledAt)).toBe(41)
    })
  )

  it.effect("is not stalled when the row is announced in time", () =>
    Effect.gen(function* () {
      const { announced, verdict, write } = yield* watched([known])
      yield* write(makeMessage({ id: 41 }))
      yield* TestClock.adjust(STALL_MS / 2)
      yield* announced(41)
      yield* TestClock.adjust(STALL_MS * 3)
      expect(yield* verdict).toBeUndefined()
    })
  )

  it.effect("is not stalled while it goes on announcing", () =>
    Effect.gen(function* () {
      const { announced, verdict, write } = yield* watched([known])
      yield* write(makeMessage({ id: 99 }))
      for (let rowId = 41; rowId < 60; rowId++) {
        yield* announced(rowId)
        yield* TestClock.adjust(STALL_MS / 4)
      }
      expect(yield* verdict).toBeUndefined()
    })
  )

  for (const [what, row] of [
    ["a reaction", makeMessage({ id: 41, is_reaction: true })],
    ["one's own message", makeMessage({ id: 41, is_from_me: true })]
  ] as const) {
    it.effect(`is not stalled by ${what}`, () =>
      Effect.gen(function* () {
        const { verdict, write } = yield* watched([known])
        yield* write(row)
        yield* TestClock.adjust(STALL_MS * 3)
        expect(yield* verdict).toBeUndefined()
      })
    )
  }

  it.effect("is not given up twice for the same row", () =>
    Effect.gen(function* () {
      const { context, verdict, write } = yield* watched([known])
      yield* Ref.set(context.stalledAt, 41)
      yield* write(makeMessage({ id: 41 }))
      yield* TestClock.adjust(STALL_MS * 3)
      expect(yield* verdict).toBeUndefined()
    })
  )

  it.effect("of a build that answers one request at a time is left alone while a send runs", () =>
    Effect.gen(function* () {
      const { child, verdict, write } = yield* watched([known], {
        concurrentReads: false,
        isMutating: Effect.succeed(true)
      })
      yield* write(makeMessage({ id: 41 }))
      yield* TestClock.adjust(STALL_MS * 3)
      expect(yield* verdict).toBeUndefined()
      expect(yield* child.asked).toEqual([])
    })
  )

  it.effect("of a build that hands rows out by their rowid is no matter: they are read all the same", () =>
    Effect.gen(function* () {
      const { verdict, write } = yield* watched([known], { methods: ["messages.after"] })
      yield* write(makeMessage({ id: 41 }))
      yield* TestClock.adjust(STALL_MS * 3)
      expect(yield* verdict).toBeUndefined()
    })
  )

  it.effect("is over when the database was replaced", () =>
    Effect.gen(function* () {
      const { replaceWith, verdict } = yield* watched([known])
      yield* replaceWith(makeMessage({ id: 40, guid: "another" }))
      yield* TestClock.adjust(STALL_MS)
      expect(yield* verdict).toMatchObject({ _tag: "WatchEnded", detail: "the database was replaced" })
    })
  )
})
