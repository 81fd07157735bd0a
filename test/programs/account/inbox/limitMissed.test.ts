/** Where more was missed than is answered: what is passed over, and where the account goes on. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Ref } from "effect"
import * as PositionsSql from "../../../../src/layers/inbox/PositionsSql.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import type { Foreseen } from "../../../../src/programs/account/inbox/judgeRow.ts"
import { limitMissed } from "../../../../src/programs/account/inbox/limitMissed.ts"
import { begin } from "../../../../src/programs/account/inbox/position.ts"
import { isPassedOver } from "../../../../src/programs/account/inbox/shares.ts"
import { ResponseTooLong } from "../../../../src/schemas/errors/imsg.ts"
import { NO_LANDMARKS } from "../../../../src/schemas/Landmark.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const services = Layer.merge(accountsOf(), PositionsSql.layer.pipe(Layer.provide(DatabaseSqlite.memory)))

/** A row that was missed, in the order of rowids from 101 on; one that is too long is in no response. */
interface MissedRow extends Pick<Foreseen, "chat" | "as"> {
  readonly isTooLong?: boolean
}
const CURSOR = 100

const admitted = (chat: string): MissedRow => ({ chat, as: "admitted" })

/** The rowids that are left to be judged, and up to where the account is done. */
const afterLimit = (missed: ReadonlyArray<MissedRow>, maxRows: number) =>
  Effect.gen(function* () {
    const rows = missed.map((row, at) => ({ ...row, rowId: CURSOR + 1 + at }))
    const context = yield* AccountContext.make(makeAccount({ catchUp: { maxRows } }))
    yield* begin(context, { rowId: CURSOR, baselineAt: undefined }, NO_LANDMARKS)
    yield* Ref.set(context.newestRow, CURSOR + rows.length)
    const { session } = yield* makeChild({
      methods: ["messages.after"],
      answer: ({ method, params }) => {
        const { limit = 0, since_rowid = 0 }: Readonly<Record<string, number>> = { ...params }
        const page = rows.filter(({ rowId }) => rowId > since_rowid).slice(0, limit)
        if (page.some(({ isTooLong }) => isTooLong)) {
          return Effect.fail(new ResponseTooLong({ method, limitBytes: 1 }))
        }
        const next_rowid = page.at(-1)?.rowId ?? since_rowid
        return Effect.succeed({
          messages: page.map(({ rowId }) => makeMessage({ id: rowId })),
          next_rowid,
          has_more: rows.some(({ rowId }) => rowId > next_rowid)
        })
      }
    })
    const limit = yield* limitMissed(context, session, {
      notice: () => Effect.dieMessage("nothing has come yet"),
      judge: () => Effect.dieMessage("nothing is judged yet"),
      foresee: ({ id }) => Effect.succeed(Option.fromNullable(rows.find(({ rowId }) => rowId === id)))
    })
    yield* limit
    const { cursor: upTo } = yield* Ref.get(context.position)
    const shares = yield* Ref.get(context.shares)
    const left = rows.filter((row) => row.rowId > upTo && !isPassedOver(shares, row))
    return { upTo, left: left.map(({ rowId }) => rowId) }
  }).pipe(Effect.provide(services))

describe("what was missed", () => {
  it.effect("is all left where it is no more than is answered", () =>
    Effect.gen(function* () {
      const missed = [admitted("a"), admitted("a"), { chat: "b", as: "stranger" as const }]
      expect(yield* afterLimit(missed, 2)).toEqual({ upTo: CURSOR, left: [101, 102, 103] })
    })
  )

  it.effect("is passed over but for the newest, of each chat its share", () =>
    Effect.gen(function* () {
      const missed = [...Array.from({ length: 300 }, () => admitted("a")), admitted("b"), admitted("a")]
      expect(yield* afterLimit(missed, 3)).toEqual({ upTo: 399, left: [400, 401, 402] })
    })
  )

  it.effect("is looked through behind a row that is too long for any response", () =>
    Effect.gen(function* () {
      const tooLong = { chat: "c", as: "stranger" as const, isTooLong: true }
      const missed = [admitted("a"), admitted("a"), admitted("a"), tooLong, admitted("b")]
      const { left } = yield* afterLimit(missed, 2)
      expect(left).toContain(105)
      expect(left.filter((rowId) => rowId <= 103)).toEqual([103])
    })
  )

  it.effect("is left to be judged where it cannot be foreseen what it is", () =>
    Effect.gen(function* () {
      const missed = [
        { chat: "", as: "unknown" as const },
        admitted("a"),
        admitted("a"),
        admitted("a"),
        { chat: "", as: "unknown" as const }
      ]
      expect(yield* afterLimit(missed, 2)).toEqual({ upTo: CURSOR, left: [101, 103, 104, 105] })
    })
  )
})
