import { describe, expect, it } from "@effect/vitest"
import { makeTwins, type Seen } from "../../../src/layers/echoes/twins.ts"

const seen = (rowId: number, more: Partial<Seen> = {}): Seen => ({
  isFromMe: false,
  guid: `guid-${rowId}`,
  rowId,
  chat: "7",
  sender: "+15555550101",
  text: "hi",
  sentAt: 0,
  ...more
})

describe("a row's twin", () => {
  it("is known however often a row between them is shown that waits", () => {
    const twinOf = makeTwins()
    expect(twinOf(seen(1))).toBeUndefined()
    for (let times = 0; times < 20; times++) twinOf(seen(2, { chat: "8" }))
    const outgoing = seen(3, { isFromMe: true })
    expect(twinOf(outgoing)).toEqual({ outgoing, incoming: seen(1) })
  })
})
