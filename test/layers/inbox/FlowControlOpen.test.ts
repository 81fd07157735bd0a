/** Permits where several hosts share the work: there are none to wait for. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import * as FlowControlOpen from "../../../src/layers/inbox/FlowControlOpen.ts"
import { FlowControl } from "../../../src/services/FlowControl.ts"

describe("flow control across hosts", () => {
  it.effect("holds up no message, though none is ever reported as finished", () =>
    Effect.gen(function* () {
      const { admit } = yield* FlowControl
      yield* Effect.forEach(Array(500).keys(), (nth) => admit(`session ${nth}`, `${nth}`), { discard: true })
      expect(yield* Clock.currentTimeMillis).toBe(0)
    }).pipe(Effect.provide(FlowControlOpen.layer))
  )
})
