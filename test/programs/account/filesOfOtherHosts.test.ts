/** Files of a delivery that were staged on another host than the one that sends them. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref } from "effect"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { outboundOf, refused, replyTo, type Script, services, tagsOf } from "../../support/outbound.ts"

const withFiles = {
  ...replyTo(7, "d"),
  replies: [{ text: "a", media: ["/there/1.png", "/there/2.png"] }]
}

/** An account's deliveries on a host that has these files by now, by where they were staged. */
const outboundWhere = (there: Readonly<Record<string, string>>, script?: Script) =>
  Effect.gen(function* () {
    const asked = yield* Ref.make<ReadonlyArray<string>>([])
    const outbound = yield* Effect.provideService(
      outboundOf(script),
      OutboundFiles,
      OutboundFiles.of({
        stage: () => Effect.dieMessage("a delivery stages nothing"),
        receive: () => Effect.dieMessage("nothing comes in here"),
        here: (id, path) =>
          Effect.as(
            Ref.update(asked, (all) => [...all, `${id} ${path}`]),
            Option.fromNullable(there[path])
          ),
        release: () => Effect.void,
        releaseOthers: () => Effect.dieMessage("a delivery releases its own files only")
      })
    )
    return { ...outbound, asked: Ref.get(asked) }
  })

describe("a file that was staged on another host", () => {
  it.effect("is sent from where this one has it, and is written down as it was accepted", () =>
    Effect.gen(function* () {
      const { asked, deliver, sends } = yield* outboundWhere(
        { "/there/1.png": "/here/1.png", "/there/2.png": "/here/2.png" },
        (count) => (count === 2 ? refused : "sent")
      )
      yield* deliver(withFiles)
      expect(yield* sends).toEqual(["a", "/here/1.png", "/here/2.png"])
      expect(yield* asked).toEqual(["d /there/1.png", "d /there/2.png"])
      const parts = yield* (yield* Outbox).parts("d")
      expect(parts.map(({ part }) => ("path" in part ? part.path : ""))).toEqual([
        "",
        "/there/1.png",
        "/there/2.png"
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("fails in words where no host has it any more, and what follows with it", () =>
    Effect.gen(function* () {
      const { deliver, sends } = yield* outboundWhere({ "/there/2.png": "/here/2.png" })
      yield* deliver(withFiles)
      expect(yield* sends).toEqual(["a"])
      expect(yield* tagsOf("d")).toEqual(["Sent", "Failed", "Failed"])
      const [letter] = yield* (yield* DeadLetters).all
      expect(letter).toMatchObject({ code: "file_lost" })
      expect(letter?.message).toContain("1.png")
    }).pipe(Effect.provide(services))
  )
})
