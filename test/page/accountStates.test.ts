/** What the page makes of an account's new state before it has asked for the status anew. */
import { describe, expect, it } from "vitest"
import { withState } from "../../src/page/accountStates.ts"

const account = (id: string) => ({ id, state: "running", reason: "", since: 1, pid: 7 }) as const

describe("an account's state that an event tells", () => {
  it("is that account's, from the time of the event; the others are as they were", () => {
    const event = { _tag: "AccountState", accountId: "b", state: "backoff", reason: "child exited" } as const
    expect(withState([account("a"), account("b")], event, 5)).toEqual([
      account("a"),
      { id: "b", state: "backoff", reason: "child exited", since: 5, pid: 7 }
    ])
  })
})
