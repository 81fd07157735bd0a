/** What becomes of the copies of a delivery's files when the delivery ends. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Ref, TestClock } from "effect"
import { lookForUnseen, releaseConfirmed } from "../../../src/programs/account/outbox/confirmSends.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { LONG, outboundOf, refused, replyTo, type Script, services, tagsOf } from "../../support/outbound.ts"

const withFiles = {
  ...replyTo(7, "d"),
  replies: [{ text: "a", media: ["/staged/1.png", "/staged/2.png"] }]
}

/** An account's deliveries, and the ids of those whose files were released, with what was sent until then. */
const outboundWithFiles = (script?: Script) =>
  Effect.gen(function* () {
    const sends = yield* Ref.make<Effect.Effect<ReadonlyArray<string>>>(Effect.succeed([]))
    const released = yield* Ref.make<ReadonlyArray<{ readonly id: string; readonly sends: number }>>([])
    const files = OutboundFiles.of({
      stage: () => Effect.dieMessage("a delivery stages nothing"),
      receive: () => Effect.dieMessage("nothing comes in here"),
      here: (_, path) => Effect.succeedSome(path),
      release: (id) =>
        Effect.flatMap(Effect.flatten(Ref.get(sends)), ({ length }) =>
          Ref.update(released, (all) => [...all, { id, sends: length }])
        ),
      releaseOthers: () => Effect.dieMessage("a delivery releases its own files only")
    })
    const outbound = yield* Effect.provideService(outboundOf(script), OutboundFiles, files)
    yield* Ref.set(sends, outbound.sends)
    return {
      ...outbound,
      released: Ref.get(released),
      release: Effect.provideService(releaseConfirmed(outbound.context), OutboundFiles, files)
    }
  })

describe("the files of a delivery", () => {
  it.effect("are released when all its parts are sent and their rows are seen, and not before", () =>
    Effect.gen(function* () {
      const { context, deliver, release, released } = yield* outboundWithFiles()
      yield* deliver(withFiles)
      for (const id of [101, 102, 103]) {
        yield* release
        expect(yield* released).toEqual([])
        context.confirmations.saw({ guid: `guid-${id}`, id })
      }
      yield* release
      yield* release
      expect(yield* released).toEqual([{ id: "d", sends: 3 }])
    }).pipe(Effect.provide(services))
  )

  it.effect("are released at once where the rows came before the answers", () =>
    Effect.gen(function* () {
      const { context, deliver, released } = yield* outboundWithFiles()
      for (const id of [101, 102, 103]) context.confirmations.saw({ guid: `guid-${id}`, id })
      yield* deliver(withFiles)
      expect(yield* released).toEqual([{ id: "d", sends: 3 }])
    }).pipe(Effect.provide(services))
  )

  it.effect("are kept with a part that imsg said was sent and that is not there", () =>
    Effect.gen(function* () {
      const { context, deliver, release, released } = yield* outboundWithFiles(() => "ghost")
      yield* deliver(withFiles)
      const now = yield* Clock.currentTimeMillis
      yield* lookForUnseen(context, now, true)
      yield* release
      expect(yield* tagsOf("d")).toEqual(["Uncertain", "Uncertain", "Uncertain"])
      expect(yield* released).toEqual([])
    }).pipe(Effect.provide(services))
  )

  for (const part of [0, 1, 2]) {
    it.effect(`are kept with it where part ${part} failed`, () =>
      Effect.gen(function* () {
        const { deliver, released } = yield* outboundWithFiles((count) => (count === part ? refused : "sent"))
        yield* deliver(withFiles)
        expect(yield* tagsOf("d")).toContain("Failed")
        expect(yield* released).toEqual([])
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("are kept while a part is on its way", () =>
    Effect.gen(function* () {
      const { deliver, released } = yield* outboundWithFiles((count) => (count === 2 ? "silent" : "sent"))
      const fiber = yield* Effect.fork(deliver(withFiles))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      expect(yield* released).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.effect("are released when the delivery comes again that was cut off before it could", () =>
    Effect.gen(function* () {
      const cutOff = yield* Effect.provideService(
        outboundOf(),
        OutboundFiles,
        OutboundFiles.of({
          stage: () => Effect.never,
          receive: () => Effect.dieMessage("nothing comes in here"),
          here: (_, path) => Effect.succeedSome(path),
          release: () => Effect.never,
          releaseOthers: () => Effect.never
        })
      )
      for (const id of [101, 102, 103]) cutOff.context.confirmations.saw({ guid: `guid-${id}`, id })
      yield* Effect.fork(cutOff.deliver(withFiles))
      yield* TestClock.adjust(LONG)
      expect(yield* tagsOf("d")).toEqual(["Sent", "Sent", "Sent"])
      yield* cutOff.stop
      const { deliver, released, sends } = yield* outboundWithFiles()
      yield* deliver(withFiles)
      expect(yield* released).toEqual([{ id: "d", sends: 0 }])
      expect(yield* sends).toEqual([])
    }).pipe(Effect.provide(services))
  )
})
