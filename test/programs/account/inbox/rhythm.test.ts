import { describe, expect, it } from "vitest"
import { afterRead, initial, nextRead, type Rhythm } from "../../../../src/programs/account/inbox/rhythm.ts"

const POLL_MS = 1000
const written = (part: Partial<Rhythm> = {}): Rhythm => ({ ...initial, writtenAt: 0, ...part })
const next = (rhythm: Rhythm, now: number) => nextRead(rhythm, now, POLL_MS)

describe("the next read", () => {
  it.each([
    { case: "where nothing ever changed", rhythm: initial, now: 5000, waitMs: 1000, heldMs: 0 },
    { case: "right after a change", rhythm: written(), now: 1, waitMs: 20, heldMs: 0 },
    { case: "a while after a change", rhythm: written(), now: 60, waitMs: 120, heldMs: 0 },
    { case: "no later than it would be asked anyway", rhythm: written(), now: 1400, waitMs: 1000, heldMs: 0 },
    { case: "long after a change", rhythm: written(), now: 1500, waitMs: 1000, heldMs: 0 },
    { case: "after six reads in vain", rhythm: written({ misses: 6 }), now: 1, waitMs: 20, heldMs: 0 },
    { case: "after more", rhythm: written({ misses: 7 }), now: 1, waitMs: 80, heldMs: 80 },
    {
      case: "after more, once it is quiet",
      rhythm: written({ misses: 7 }),
      now: 500,
      waitMs: 1000,
      heldMs: 0
    }
  ])("is $case in $waitMs ms", ({ heldMs, now, rhythm, waitMs }) => {
    expect(next(rhythm, now)).toEqual({ waitMs, heldMs })
  })

  it("finds what can be read by then within a tenth of a second, and what comes later in three times its time", () => {
    for (let readableAt = 1; readableAt < 1500; readableAt++) {
      let rhythm = initial
      let now = 0
      while (now < readableAt) {
        rhythm = afterRead(rhythm, { writtenAt: 0, isAny: false })
        now += next(rhythm, now).waitMs
      }
      expect(now).toBeLessThanOrEqual(Math.max(100, 3 * readableAt))
    }
  })

  it("comes a few times after a change, and then no more than it would without", () => {
    let rhythm = initial
    let now = 0
    let reads = 0
    for (; now < 20_000; reads++) {
      rhythm = afterRead(rhythm, { writtenAt: 0, isAny: false })
      now += nextRead(rhythm, now, 10 * POLL_MS).waitMs
    }
    expect(reads).toBeLessThanOrEqual(9)
  })

  it("keeps nobody busy where files change all the time and no row comes", () => {
    let rhythm = initial
    let now = 0
    let reads = 0
    for (; now < 10_000; reads++) {
      rhythm = afterRead(rhythm, { writtenAt: now, isAny: false })
      const { heldMs } = next(rhythm, now)
      // The next change comes a millisecond after each read.
      now += Math.max(1, heldMs)
    }
    expect(reads).toBeLessThanOrEqual(7 + 10_000 / 80)
  })
})

describe("what is known after a read", () => {
  it("is how many found nothing, from a change on that came after a quiet time", () => {
    const tired = written({ misses: 9 })
    expect(afterRead(tired, { writtenAt: 400, isAny: false }).misses).toBe(10)
    expect(afterRead(tired, { writtenAt: 501, isAny: false }).misses).toBe(1)
    expect(afterRead(tired, { writtenAt: 400, isAny: true }).misses).toBe(0)
  })
})
