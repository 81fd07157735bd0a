import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { formerApprovals } from "../../../src/layers/pairing/formerApprovals.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { database, describe } from "../../support/databases.ts"
import { codeOf } from "../../support/pairing.ts"

const approval = (approvedAt: number) => ({ accountId: "default", sender: "+15555550101", approvedAt })
const A = { since: 100, identity: "a" }
const B = { since: 200, identity: "b" }
const A_AGAIN = { since: 300, identity: "a" }

describe("an approval", () => {
  it.each([
    { what: "of whom nothing is written down", periods: [], identity: "a", at: 50, of: undefined },
    { what: "from before anything was", periods: [A], identity: "a", at: 50, of: undefined },
    { what: "of the same identity", periods: [A], identity: "a", at: 150, of: undefined },
    { what: "of an identity that the config has left", periods: [A], identity: "b", at: 150, of: "a" },
    { what: "of the one before", periods: [A, B], identity: "b", at: 150, of: "a" },
    { what: "from before anything was, of the one before", periods: [A, B], identity: "b", at: 50, of: "a" },
    {
      what: "of an identity that came back",
      periods: [A, B, A_AGAIN],
      identity: "a",
      at: 150,
      of: undefined
    },
    { what: "of the one in between", periods: [A, B, A_AGAIN], identity: "a", at: 250, of: "b" }
  ])("$what is told apart", ({ at, identity, of, periods }) => {
    expect(formerApprovals(periods, [identity], [approval(at)]).map((former) => former.identity)).toEqual(
      of === undefined ? [] : [of]
    )
  })

  it.effect("is kept, and said, once its account is another Messages identity", () =>
    Effect.gen(function* () {
      const { approvedAt, approve, former, identify } = yield* PairingStore
      yield* TestClock.adjust("1 minute")
      expect(yield* identify("default", "/a/chat.db")).toEqual([])
      yield* TestClock.adjust("1 minute")
      yield* approve(yield* codeOf("+15555550101"))
      yield* TestClock.adjust("1 minute")
      expect(yield* former("default", "/b/chat.db")).toHaveLength(1)
      expect(yield* identify("default", "/a/chat.db")).toEqual([])
      const said = [
        { accountId: "default", sender: "+15555550101", approvedAt: 120_000, identity: "/a/chat.db" }
      ]
      expect(yield* identify("default", "/b/chat.db")).toEqual(said)
      expect(yield* former("default", "/b/chat.db")).toEqual(said)
      expect((yield* approvedAt("default", "+15555550101"))._tag).toBe("Some")
      expect(yield* identify("other", "/b/chat.db")).toEqual([])
      // What an earlier version wrote in another way is the same one.
      expect(yield* former("default", "/c/chat.db", ["/a/chat.db"])).toEqual([])
    }).pipe(Effect.provide(PairingStoreSql.layer.pipe(Layer.provide(database))))
  )
})
