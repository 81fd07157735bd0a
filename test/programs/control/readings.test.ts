/** What the audit log has of who reads which chat. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, TestClock } from "effect"
import { makeNoteReading } from "../../../src/programs/control/readings.ts"
import type { AuditActor } from "../../../src/schemas/Audit.ts"
import { Audit, OnBehalfOf } from "../../../src/services/Audit.ts"

const PHONE: AuditActor = { _tag: "Web", address: "192.0.2.1", session: "1a2b3c4d" }
const SOCKET: AuditActor = { _tag: "Socket" }

describe("a reading", () => {
  it.effect("is recorded once in ten minutes for each reader and chat", () =>
    Effect.gen(function* () {
      const recorded = yield* Ref.make<ReadonlyArray<string>>([])
      const noteReading = yield* Effect.provideService(makeNoteReading, Audit, {
        record: (event) =>
          Effect.flatMap(OnBehalfOf, ({ _tag }) =>
            Ref.update(recorded, (all) => [...all, `${_tag} ${"chatId" in event ? event.chatId : "none"}`])
          ),
        entries: () => Effect.succeed([])
      })
      const reads = (by: AuditActor, chatId: number) =>
        Effect.provideService(
          noteReading({ _tag: "HistoryRead", accountId: "default", chatId }),
          OnBehalfOf,
          by
        )
      yield* reads(PHONE, 7)
      yield* TestClock.adjust("9 minutes")
      yield* reads(PHONE, 7)
      expect(yield* Ref.get(recorded)).toEqual(["Web 7"])
      yield* reads(SOCKET, 7)
      yield* reads(PHONE, 8)
      yield* TestClock.adjust("1 minute")
      yield* reads(PHONE, 7)
      expect(yield* Ref.get(recorded)).toEqual(["Web 7", "Socket 7", "Web 8", "Web 7"])
    })
  )
})
