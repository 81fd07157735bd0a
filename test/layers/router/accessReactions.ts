/** Which reactions an agent hears of, and how: by who reacts, to whose words, where. */
import type { Reaction } from "../../../src/schemas/Reaction.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { accessTable, type Meaning } from "./accessTable.ts"

const CAROL = "+15555550103"

/** Alice and Bob are let in, Carol is not. */
const LET_IN: Meaning = {
  dmPolicy: "allowlist",
  groupPolicy: "allowlist",
  allowFrom: [ALICE, BOB],
  groupAllowFrom: [ALICE, BOB]
}

const reacting = (words: string, to: Reaction["to"], how: Partial<Reaction> = {}): Meaning => {
  const reaction: Reaction = { kind: "like", isRemoved: false, to, ...how }
  return { words, envelope: { isReaction: true, reaction, text: "(reacted)" } }
}

/** What may be done to a message: each is as good as the others. */
const toWords = (to: Reaction["to"]): ReadonlyArray<Meaning> => [
  reacting("a tapback", to),
  reacting("one that is taken back", to, { isRemoved: true }),
  reacting("one in words", { ...to, text: "hello" }, { kind: "unknown", words: "Hat … geliebt" }),
  reacting("a vote in their poll", to, { kind: "vote", options: [{ id: "1", text: "Pizza" }] })
]

export const reactionTable = accessTable(
  {
    to: {
      title: "to words of",
      words: {
        "the gateway": toWords({ isOwn: true, guid: "guid-sent", sender: CAROL }),
        "somebody let in": toWords({ isOwn: false, guid: "guid-of-bob", sender: BOB }),
        "somebody else": [
          ...toWords({ isOwn: false, guid: "guid-of-carol", sender: CAROL }),
          reacting("words of which nobody knows whose they are", { isOwn: false, guid: "guid-of-nobody" })
        ]
      }
    },
    who: {
      title: "who reacts",
      words: {
        "let in": [{ ...LET_IN, envelope: { sender: ALICE } }],
        "not let in": [{ ...LET_IN, envelope: { sender: CAROL } }]
      }
    },
    hears: {
      title: "`reactionNotifications`",
      words: {
        "`off`": [{ reactionNotifications: "off" }],
        "`own`": [{ words: "as it is where nobody says anything" }, { reactionNotifications: "own" }],
        "`all`": [{ reactionNotifications: "all" }]
      }
    },
    does: {
      title: "`onReaction`",
      words: {
        "`context`": [{ words: "as it is where nobody says anything" }, { onReaction: "context" }],
        "`turn`": [{ onReaction: "turn" }]
      }
    },
    chat: {
      title: "chat",
      words: {
        direct: [{}],
        "a group without mentions": [
          { envelope: { isGroup: true }, groups: () => ({ "*": { requireMention: false } }) }
        ],
        "a group with mentions": [{ envelope: { isGroup: true } }]
      }
    }
  },
  [
    { when: { who: "not let in", chat: "direct" }, verdict: "Drop: dm-not-allowlisted" },
    {
      when: { who: "not let in", chat: "a group without mentions" },
      verdict: "Drop: group-sender-not-allowlisted"
    },
    {
      when: { who: "not let in", chat: "a group with mentions" },
      verdict: "Drop: group-sender-not-allowlisted"
    },
    { when: { who: "let in", hears: "`off`" }, verdict: "Drop: reaction" },
    { when: { who: "let in", hears: "`own`", to: "somebody let in" }, verdict: "Drop: reaction" },
    { when: { who: "let in", hears: "`own`", to: "somebody else" }, verdict: "Drop: reaction" },
    { when: { who: "let in", hears: "`all`", to: "somebody else" }, verdict: "Drop: reaction" },
    {
      when: { who: "let in", hears: "`own`", to: "the gateway", does: "`context`" },
      verdict: "Remember: reaction-context"
    },
    {
      when: { who: "let in", hears: "`own`", to: "the gateway", does: "`turn`" },
      verdict: "Dispatch: reaction-turn"
    },
    {
      when: { who: "let in", hears: "`all`", to: "the gateway", does: "`context`" },
      verdict: "Remember: reaction-context"
    },
    {
      when: { who: "let in", hears: "`all`", to: "the gateway", does: "`turn`" },
      verdict: "Dispatch: reaction-turn"
    },
    {
      when: { who: "let in", hears: "`all`", to: "somebody let in", does: "`context`" },
      verdict: "Remember: reaction-context"
    },
    {
      when: { who: "let in", hears: "`all`", to: "somebody let in", does: "`turn`", chat: "direct" },
      verdict: "Dispatch: reaction-turn"
    },
    {
      when: {
        ...{ who: "let in", hears: "`all`", to: "somebody let in", does: "`turn`" },
        chat: "a group without mentions"
      },
      verdict: "Dispatch: reaction-turn"
    },
    {
      when: {
        ...{ who: "let in", hears: "`all`", to: "somebody let in", does: "`turn`" },
        chat: "a group with mentions"
      },
      verdict: "Remember: reaction-context"
    }
  ]
)
