import { describe, expect, it } from "@effect/vitest"
import { lifeLine } from "../../../../src/programs/commands/cli/lifeText.ts"
import { FATE_WORDS } from "../../../../src/schemas/fateWords.ts"
import type { GatewayEvent } from "../../../../src/schemas/GatewayEvent.ts"

const SAM = "+15555550123"

const NAMES = {
  people: [{ name: "sam", handles: [SAM] }],
  accounts: [{ id: "bot", name: "Bot" }],
  chatName: (_: string, chatId: number) => (chatId === 7 ? "Hiking" : undefined)
}

const judged = (fate: string, rest: object = {}): GatewayEvent => ({
  ...{ _tag: "MessageJudged", accountId: "bot", rowId: 3, fate },
  ...rest
})

const ended = (outcome: Extract<GatewayEvent, { readonly _tag: "TurnEnded" }>["outcome"]): GatewayEvent => ({
  ...{ _tag: "TurnEnded", turnId: "t", accountId: "bot", sessionKey: "s", agentId: "main" },
  ...{ outcome, durationMs: 2140 }
})

const delivered = (target: string, outcome: "sent" | "uncertain" | "failed" | "expired"): GatewayEvent => ({
  ...{ _tag: "DeliveryEnded", deliveryId: "d", accountId: "bot", target, outcome, durationMs: 10 }
})

describe("a line on the terminal", () => {
  it.each<[event: GatewayEvent, line: string | undefined]>([
    [
      judged("dm-paired", { sender: SAM, chatId: 3, text: "a secret" }),
      `sam (${SAM}) wrote: given to the agent: the sender was approved by pairing`
    ],
    [
      judged("group-mentioned", { sender: "+15555550124", chatId: 7, text: "a secret" }),
      "+15555550124 wrote in Hiking: given to the agent: it mentions the agent, or replies to it"
    ],
    [
      judged("group-mentioned", { sender: SAM, chatId: 8 }),
      `sam (${SAM}) wrote in chat 8: given to the agent: it mentions the agent, or replies to it`
    ],
    [judged("groups-disabled"), "somebody wrote: not answered: groups are off (imessage.groupPolicy)"],
    [judged("from-me"), undefined],
    [judged("pairing-requested"), undefined],
    [
      { _tag: "PairingRequested", accountId: "bot", sender: "+15555550124", code: "K7WQ2M9X" },
      "+15555550124 asks to be let in: imsg-gateway pairing approve imessage K7WQ2M9X"
    ],
    [{ _tag: "TurnBegun", turnId: "t", accountId: "bot", sessionKey: "s", agentId: "main" }, "main is asked"],
    [ended("answered"), "main answered after 2.1 s: it is on its way"],
    [ended("silent"), "main said nothing, after 2.1 s"],
    [ended("over-budget"), "main was not asked: what messages.budget allows in 24 hours is used up"],
    [ended("stopped"), "main was stopped, by /stop or /new in the chat"],
    // The log says why.
    [ended("failed"), undefined],
    [delivered("chat_id:7", "sent"), "sent to Hiking"],
    [delivered(`imessage:${SAM}`, "sent"), `sent to sam (imessage:${SAM})`],
    [delivered("chat_id:8", "sent"), "sent to chat 8"],
    [delivered("chat_id:8", "uncertain"), undefined]
  ])("%o", (event, line) => {
    expect(lifeLine(event, NAMES)).toBe(line)
  })

  it("names its account where there are several", () => {
    const accounts = [...NAMES.accounts, { id: "other" }]
    expect(lifeLine(ended("silent"), { ...NAMES, accounts })).toBe(
      "bot (Bot): main said nothing, after 2.1 s"
    )
  })

  it("never has anybody's words", () => {
    for (const fate of Object.keys(FATE_WORDS)) {
      const line = lifeLine(judged(fate, { sender: SAM, chatId: 7, text: "a secret" }), NAMES)
      expect(line ?? "").not.toContain("secret")
    }
  })
})
