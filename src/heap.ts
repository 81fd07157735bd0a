/**
 * A heap for a program that idles for days and is busy for seconds. By default V8 lets the heap grow to several
 * times what is alive before it collects; here the old space grows by a third, and the young one stays as large as it
 * was when the program had loaded, or less. On Node 24 full load then takes 50 MB above idle instead of 180. What it costs
 * is the young space: a tenth of the throughput. While the program loads it would cost a fifth of the start, so it is for
 * the gateway to say when it has come so far, and before there is work to do.
 */
import { setFlagsFromString } from "node:v8"
import { Effect } from "effect"

/** How much the old space grows beyond what the collection left that came before, in percent. */
const WHILE_IT_STARTS = 100
const ONCE_IT_IS_UP = 30

const growOldSpaceBy = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`)

/**
 * Before anything is built. The one collection of a start settles when the next one is: left to itself when the old space
 * has tripled, under the first load, and of pages that were full once few are given back. Were it to grow by half, the
 * next collection would be a part of the start.
 */
export const modestStart: Effect.Effect<void> = Effect.sync(() => growOldSpaceBy(WHILE_IT_STARTS))

/** Once everything is built. */
export const modestHeap: Effect.Effect<void> = Effect.sync(() => {
  growOldSpaceBy(ONCE_IT_IS_UP)
  // The largest size of the young space is settled when the process begins: only its growth can still be ended.
  setFlagsFromString("--semi-space-growth-factor=1")
})
