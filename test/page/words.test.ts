import { describe, expect, it } from "@effect/vitest"
import { pauseMs } from "../../src/page/backoff.ts"
import { eventTone, eventWords, KINDS } from "../../src/page/eventWords.ts"
import type { Names } from "../../src/page/names.ts"
import { refresher } from "../../src/page/refresher.ts"
import { timeWords } from "../../src/page/words.ts"
import type { GatewayEvent } from "../../src/schemas/GatewayEvent.ts"

describe("what the page says of times", () => {
  const NOW = 1_700_000_000_000
  it.each([
    [0, "ago", "0 s ago"],
    [-59_999, "ago", "59 s ago"],
    [-60_000, "ago", "1 min ago"],
    [-7_200_000, "for", "2 h"],
    [-86_400_000, "ago", "1 day ago"],
    [-3 * 86_400_000, "for", "3 days"],
    [3_599_000, "ago", "in 59 min"]
  ] as const)("%d ms from now, as %s: %s", (offset, tense, words) => {
    expect(timeWords(NOW + offset, NOW, tense)).toBe(words)
  })
})

const NAMES: Names = {
  people: [{ name: "Sam", handles: ["+15555550111", "sam@example.com"] }],
  chats: [
    {
      ...{ accountId: "default", id: 1, name: "Hiking", participants: ["+15555550111", "+15555550112"] },
      ...{
        isGroup: true,
        service: undefined,
        identifier: undefined,
        guid: undefined,
        lastMessageAt: undefined
      }
    }
  ],
  accounts: [{ id: "default", name: "Home" }],
  agents: [{ id: "main", name: "Robin" }]
}

describe("what the page says of events", () => {
  const accountId = "default"
  const table: ReadonlyArray<readonly [GatewayEvent, string, string]> = [
    [
      { _tag: "AccountState", accountId, state: "degraded", reason: "imsg_not_found", message: "no imsg" },
      "needs you: no imsg",
      "bad"
    ],
    [
      { _tag: "ChildRestarted", accountId, reason: "child_exited" },
      "imsg was started anew: child exited",
      "doubtful"
    ],
    [
      { _tag: "MessageJudged", accountId, rowId: 7, fate: "from-me" },
      "not for anybody: the account itself wrote it: you, or the gateway",
      "plain"
    ],
    [
      { _tag: "MessageJudged", accountId, rowId: 7, fate: "dm-open", sender: "+15555550111", text: "secret" },
      "Sam: given to the agent: everybody may write directly",
      "good"
    ],
    [
      {
        _tag: "PartSettled",
        accountId,
        deliveryId: "d",
        target: "chat_id:1",
        index: 0,
        outcome: "uncertain",
        text: "secret",
        durationMs: 1500
      },
      "part 1 to Hiking may or may not have been sent, after 1.5 s",
      "doubtful"
    ],
    [
      { _tag: "ConfigReloaded", added: ["work"], removed: [], changed: ["home"] },
      "read again: added work; changed home",
      "plain"
    ],
    [
      { _tag: "ConfigReloaded", added: [], removed: [], changed: [] },
      "read again, no account changed",
      "plain"
    ]
  ]
  it.each(table)("%o", (event, words, tone) => {
    expect([eventWords(event, NAMES), eventTone(event)]).toEqual([words, tone])
  })
})

describe("the kinds of events", () => {
  it("have names that differ, so that each can be chosen from a list", () => {
    const words = Object.values(KINDS)
    expect(new Set(words).size).toBe(words.length)
  })
})

describe("the pause before the page tries again", () => {
  it("doubles up to half a minute, and is never less than half of that", () => {
    expect([0, 1, 2, 6, 50].map((failures) => pauseMs(failures, 1))).toEqual([
      500, 1000, 2000, 30_000, 30_000
    ])
    expect(pauseMs(50, 0)).toBe(15_000)
  })
})

describe("asking again", () => {
  it("asks at once, and once more for all that is called meanwhile", async () => {
    let asked = 0
    const refresh = refresher(
      async () => {
        asked++
      },
      () => {}
    )
    await Promise.all([refresh(), refresh(), refresh(), refresh()])
    expect(asked).toBe(2)
  })

  it("goes on after a failure", async () => {
    const failures: Array<unknown> = []
    const refresh = refresher(
      () => Promise.reject(new Error("unreachable")),
      (error) => failures.push(error)
    )
    await refresh()
    await refresh()
    expect(failures).toHaveLength(2)
  })
})
