/** Texts with more than words: what they went without is written with them. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Delivery } from "../../../../src/schemas/Delivery.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { RequestError } from "../../../../src/services/ImsgProcess.ts"
import { Outbox } from "../../../../src/services/Outbox.ts"
import type { Asked } from "../../../support/fakeImsg.ts"
import { makeMessages, makeOutbound, replyTo, services } from "../../../support/outbound.ts"

const reply: Delivery = {
  ...replyTo(7, "d"),
  replies: [{ text: "yes", replyTo: "guid-5", effect: "confetti" }]
}

/** Delivers it through a child with these methods, whose `send.rich` comes to `rich`; what it lacks then, and what was asked. */
const delivered = (methods: ReadonlyArray<string>, rich: Effect.Effect<object, RequestError>) =>
  Effect.gen(function* () {
    const messages = yield* makeMessages()
    const answer = (asked: Asked) => (asked.method === "send.rich" ? rich : messages.answer(asked))
    const { child, deliver } = yield* makeOutbound({ ...messages, answer }, {}, methods)
    yield* deliver(reply)
    const [part] = yield* (yield* Outbox).parts("d")
    const asked = (yield* child.asked).map(({ method }) => method).filter((method) => /^send/u.test(method))
    return { state: part?.state._tag, lacks: part?.lacks ?? [], asked }
  }).pipe(Effect.provide(services))

describe("a text with more than words", () => {
  const done = Effect.succeed({ ok: true, guid: "guid-9" })
  const refused = new RpcFailed({ method: "send.rich", rpcCode: -32003, reason: "no bridge" })

  it.effect("goes with all of it where the child can", () =>
    Effect.map(delivered(["send.rich"], done), (seen) =>
      expect(seen).toEqual({ state: "Sent", lacks: [], asked: ["send.rich"] })
    )
  )

  it.effect("goes without it where the child cannot, and that is known", () =>
    Effect.map(delivered([], done), (seen) =>
      expect(seen).toEqual({ state: "Sent", lacks: ["reply_to", "effect"], asked: ["send"] })
    )
  )

  it.effect("goes without it where the bridge is gone by then, and that is known", () =>
    Effect.map(delivered(["send.rich"], refused), (seen) =>
      expect(seen).toEqual({ state: "Sent", lacks: ["reply_to", "effect"], asked: ["send.rich", "send"] })
    )
  )
})
