/** What no policy changes, and what every reason means. */
import { ALICE, BOB } from "../../support/envelopes.ts"
import { KNOWN, NOW } from "./accessDirect.ts"
import { accessTable, type Meaning, type Reason } from "./accessTable.ts"

/** The default of `catchUp.maxAgeMs`. */
const MAX_AGE_MS = 7_200_000

/** The same in a direct chat and in a group. */
const anywhere = (words: string, { envelope, ...setup }: Meaning): ReadonlyArray<Meaning> => [
  { words, ...setup, envelope: { ...envelope, isGroup: false } },
  { words: "the same in a group", ...setup, envelope: { ...envelope, isGroup: true } }
]

export const alwaysTable = accessTable(
  {
    who: {
      title: "who writes",
      words: {
        "let in": [
          { words: "every list names them", allowFrom: [ALICE], groupAllowFrom: [ALICE] },
          { words: "everyone is let in", allowFrom: ["*"], groupAllowFrom: ["*"] }
        ],
        unknown: [{ words: "no list names them" }],
        approved: [{ words: "approved by pairing", envelope: { sender: KNOWN.approved } }]
      }
    },
    dmPolicy: {
      title: "`dmPolicy`",
      words: {
        "`pairing`": [{ dmPolicy: "pairing" }],
        "`allowlist`": [{ dmPolicy: "allowlist" }],
        "`open`": [{ dmPolicy: "open" }],
        "`disabled`": [{ dmPolicy: "disabled" }]
      }
    },
    groupPolicy: {
      title: "`groupPolicy`",
      words: {
        "`open`": [{ groupPolicy: "open" }],
        "`allowlist`": [{ groupPolicy: "allowlist" }],
        "`disabled`": [{ groupPolicy: "disabled" }]
      }
    },
    mention: {
      title: "mention",
      words: {
        needed: [{ words: "groups need one" }],
        "not needed": [
          {
            words: "no group needs one",
            settings: { requireMention: false },
            groups: (settings) => ({ "*": settings })
          }
        ]
      }
    },
    // The last one: what it says of the sender counts.
    what: {
      title: "the message",
      words: {
        "one's own": [
          ...anywhere("you or the gateway wrote it", { envelope: { isFromMe: true } }),
          {
            words: "you wrote it, and Messages names the other one as its sender",
            envelope: { isFromMe: true, sender: BOB }
          }
        ],
        "a reaction": anywhere("a tapback of which nobody knows what it is on", {
          envelope: { isReaction: true }
        }),
        empty: [
          ...anywhere("without a text and without a file that agents are shown", { envelope: { text: "" } }),
          { words: "of nothing but white space", envelope: { text: " \n " } }
        ],
        "by nobody": anywhere("Messages does not say who wrote it, or says what is nobody's handle", {
          envelope: { sender: "" }
        }),
        "in a group without an id": [
          { words: "of a group, without a `chat_id`", envelope: { isGroup: true }, hasNoChatId: true }
        ],
        "by another service": [
          ...anywhere('`services` is `["imessage"]`, and it is an SMS, or came by RCS', {
            services: ["imessage"],
            envelope: { via: "sms" }
          }),
          {
            words: '`services` is `["sms"]`, and it is an iMessage',
            services: ["sms"],
            envelope: { via: "imessage" }
          },
          {
            words: "`services` leaves one out, and Messages does not say by which it came",
            services: ["imessage"]
          }
        ],
        "before the first start": [
          ...anywhere("older than the newest when the account was first started", {
            envelope: { sentAt: NOW - 2000 },
            baselineAt: NOW - 1000
          }),
          { words: "as old as that", envelope: { sentAt: NOW - 1000 }, baselineAt: NOW - 1000 }
        ],
        stale: anywhere("older than `catchUp.maxAgeMs`", { envelope: { sentAt: NOW - MAX_AGE_MS - 1 } })
      }
    }
  },
  [
    { when: { what: "one's own" }, verdict: "Drop: from-me" },
    { when: { what: "a reaction" }, verdict: "Drop: reaction" },
    { when: { what: "empty" }, verdict: "Drop: empty" },
    { when: { what: "by nobody" }, verdict: "Drop: no-sender" },
    { when: { what: "in a group without an id" }, verdict: "Drop: no-chat" },
    { when: { what: "by another service" }, verdict: "Drop: service-not-allowed" },
    { when: { what: "before the first start" }, verdict: "Drop: before-first-start" },
    { when: { what: "stale" }, verdict: "Drop: stale" }
  ]
)

/** The reasons as the page explains them. */
export const reasons: Readonly<Record<Reason, string>> = {
  "dm-open": "`dmPolicy` is `open`",
  "dm-allowlisted": "`allowFrom` names the sender or the chat",
  "dm-paired": "the sender was approved by pairing",
  "dm-owner": "`owners` names the sender, who writes by iMessage, and nobody else is in the chat",
  "group-mentioned": "the message mentions the agent of the group",
  "group-no-mention-needed": "the group has `requireMention: false`",
  "reaction-turn": "it is a reaction that the agent hears of, and its `onReaction` is `turn`",
  command: "it is a command, and its sender may give it there",
  "dm-unknown-sender": "`dmPolicy` is `pairing`, and nobody has decided about the sender",
  "group-not-mentioned": "the group needs a mention, and there is none",
  "reaction-context": "it is a reaction that the agent hears of, and its next turn there is told it",
  "from-me": "the account itself wrote it: you, or the gateway",
  reaction: "it is a reaction that no agent hears of, by `reactionNotifications`",
  empty: "there is nothing in it that an agent could be shown",
  "no-sender": "Messages does not say who wrote it, or says what is nobody's handle",
  "no-chat": "it is from a group, and Messages does not say from which",
  "service-not-allowed": "it did not come by one of `services`",
  "before-first-start": "it was there before the account was first started",
  stale: "it is older than `catchUp.maxAgeMs`",
  "dm-disabled": "`dmPolicy` is `disabled`",
  "dm-not-allowlisted": "`dmPolicy` is `allowlist`, and `allowFrom` names neither the sender nor the chat",
  "dm-not-a-person": "an unknown sender is a machine: a short code, a company's name, a business",
  "dm-too-old-to-pair": "an unknown sender wrote it longer ago than a code is valid",
  "dm-unknown-in-thread": "an unknown sender wrote it to several people at once, who would all get the code",
  "dm-before-approval": "its sender was approved after they wrote it, and told that it was not kept",
  "groups-disabled": "`groupPolicy` is `disabled`",
  "group-not-admitted": '`groups` names other groups, and no `"*"`',
  "group-sender-not-allowlisted":
    "`groupPolicy` is `allowlist`, and the list names neither the sender nor the chat"
}
