/** Which tapback says that a message was seen. */
import { describe, expect, it } from "@effect/vitest"
import { type Ack, ackOf, type Moment } from "../../../src/programs/session/acknowledge.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../../src/schemas/Capabilities.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { asTurnMessage, makeEnvelope, withoutChat } from "../../support/envelopes.ts"
import { makeTurn } from "../../support/turns.ts"

const bridge = (version?: number): Capabilities => ({
  ...NO_CAPABILITIES,
  methods: new Set(["tapback"]),
  features: new Map(version === undefined ? [] : [["tapback.emoji", version]])
})

const ack = (
  given: {
    readonly envelope?: Envelope
    /** What comes before it. */
    readonly first?: Partial<Envelope>
    readonly ack?: Partial<Ack>
    readonly moment?: Moment
    readonly capabilities?: Capabilities
  } = {}
) =>
  ackOf(
    makeTurn({
      envelopes: [
        asTurnMessage(makeEnvelope(given.first)),
        asTurnMessage(given.envelope ?? makeEnvelope({ rowId: 2 }))
      ]
    }),
    { reaction: "👍", when: "always", ...given.ack },
    given.moment ?? "always",
    given.capabilities ?? bridge(),
    1000
  )

describe("a tapback as acknowledgement", () => {
  it("is a delivery of its own, for a minute, on the last message of the turn", () => {
    expect(ack()).toEqual({
      id: "ack:default:guid-1",
      accountId: "default",
      target: { _tag: "ChatId", chatId: 7 },
      expiresAt: 61_000,
      replies: [],
      acts: [{ _tag: "React", guid: "guid-2", reaction: "like" }]
    })
  })

  const tapback = makeEnvelope({ rowId: 2, isReaction: true })

  it("is on the last message that is no tapback", () => {
    expect(ack({ envelope: tapback })?.acts).toEqual([{ _tag: "React", guid: "guid-1", reaction: "like" }])
  })

  it.each<[what: string, given: Parameters<typeof ack>[0], reaction: string | undefined]>([
    ["by its name", { ack: { reaction: "Emphasis" } }, "emphasize"],
    ["an emoji, where the bridge takes any", { ack: { reaction: "👀" }, capabilities: bridge(2) }, "👀"],
    [
      "none where it is an emoji that the bridge does not take",
      { ack: { reaction: "👀" }, capabilities: bridge(1) },
      undefined
    ],
    ["none where the Mac has no bridge", { capabilities: NO_CAPABILITIES }, undefined],
    ["none where it is never given", { ack: { when: "never" } }, undefined],
    ["none at the beginning, where it is given later", { ack: { when: "slow" } }, undefined],
    ["none later, where it is given at the beginning", { moment: "slow" }, undefined],
    ["one later, where it is given then", { ack: { when: "slow" }, moment: "slow" }, "like"],
    ["none where all are tapbacks", { envelope: tapback, first: { isReaction: true } }, undefined],
    ["none over SMS", { envelope: makeEnvelope({ via: "sms" }) }, undefined],
    ["one over iMessage", { envelope: makeEnvelope({ via: "imessage" }) }, "like"],
    ["none where no chat is known", { envelope: withoutChat(makeEnvelope()) }, undefined]
  ])("is %s", (_, given, reaction) => {
    expect(ack(given)?.acts?.map((act) => ("reaction" in act ? act.reaction : undefined))).toEqual(
      reaction === undefined ? undefined : [reaction]
    )
  })
})
