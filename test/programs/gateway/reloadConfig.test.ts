/** A reload while the database says nothing: what was read is in force, and is said at once. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Exit, Fiber, Layer, Stream, TestClock } from "effect"
import { reloadConfig } from "../../../src/programs/gateway/reloadConfig.ts"
import { ConfigNeedsRestart } from "../../../src/schemas/errors/config.ts"
import { Audit } from "../../../src/services/Audit.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { Events } from "../../../src/services/Events.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { config } from "../../schemas/config/decoding.ts"

const CHANGE = { added: [], removed: [], changed: [], others: true }
const REFUSED = new ConfigNeedsRestart({ file: "config.json5", everyHost: false, key: "cluster" })

/** What a reload needs, over a database that never answers. */
const overSilence = (reload: Effect.Effect<typeof CHANGE, ConfigNeedsRestart>) =>
  Layer.mergeAll(
    Layer.mock(ConfigService, { current: Effect.succeed(config("{}")), changes: Stream.empty, reload }),
    Layer.mock(Audit, { record: () => Effect.never }),
    Layer.mock(PairingStore, { approvals: Effect.never }),
    Layer.mock(Events, { publish: () => Effect.void, unsafePublish: () => {} })
  )

describe("a reload while the database does not answer", () => {
  it.effect.each([
    { what: "says what is different", reload: Effect.succeed(CHANGE), said: Either.right(CHANGE) },
    { what: "says why it is refused", reload: Effect.fail(REFUSED), said: Either.left(REFUSED) }
  ])("$what, and does not wait for it", ({ reload, said }) =>
    Effect.gen(function* () {
      const asked = yield* Effect.fork(Effect.either(reloadConfig).pipe(Effect.provide(overSilence(reload))))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.poll(asked)).toMatchObject({ value: Exit.succeed(said) })
    })
  )
})
