import { describe, expect, it } from "vitest"
import { afterRead, NO_TRUST } from "../../../../src/programs/account/inbox/trust.ts"

const NEVER = Number.NEGATIVE_INFINITY

/** Reads at a time: when the files had last told of something by then, and whether there were rows. */
const afterReads = (...reads: ReadonlyArray<readonly [at: number, told: number, isAny: boolean]>) =>
  reads.reduce((trust, [at, told, isAny], index) => {
    const [, before] = reads[index - 1] ?? [0, NEVER]
    return afterRead(trust, { at, isNews: told > before, isAny })
  }, NO_TRUST)

describe("the files of a database", () => {
  it("are trusted once they told of rows, and while they tell of what else is written", () => {
    expect(afterReads([0, 1, true]).isTold).toBe(true)
    expect(afterReads([0, 1, true], [5000, 2, false]).isTold).toBe(true)
  })

  it("are not trusted before, nor where the last rows came without them", () => {
    expect(NO_TRUST.isTold).toBe(false)
    expect(afterReads([0, 1, false]).isTold).toBe(false)
    expect(afterReads([0, 1, true], [5000, 1, true]).isTold).toBe(false)
  })

  it("are those of the child where they tell a moment before or after what can be read", () => {
    expect(afterReads([0, 1, false], [40, 1, true], [1040, 1, false], [9000, 2, true]).isTold).toBe(true)
    expect(afterReads([0, NEVER, true], [90, 1, false], [9000, 2, true]).isTold).toBe(true)
  })

  it("are others where rows came and they said nothing for long before and after, whatever they tell later", () => {
    const others = afterReads([0, NEVER, true], [3000, NEVER, false])
    expect(others.areOthers).toBe(true)
    expect(afterRead(others, { at: 4000, isNews: true, isAny: true }).isTold).toBe(false)
  })

  it("are not called others by what they do not say of reads that find nothing", () => {
    expect(afterReads([0, 1, true], [10_000, 1, false], [20_000, 1, false])).toMatchObject({
      isTold: true,
      areOthers: false
    })
  })
})
