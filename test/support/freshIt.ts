/**
 * Runs before each file. `layer` of @effect/vitest puts its services into the one `it` of a worker, which the files
 * after it would find there: each begins with `it` as it was.
 */
import { effect, flakyTest, it, layer, live, prop, scoped, scopedLive } from "@effect/vitest"

Object.assign(it, { effect, flakyTest, layer, live, prop, scoped, scopedLive })
