/** Direct messages: who is answered, by `dmPolicy` and by what is known of the sender. */
import { ALICE, BOB } from "../../support/envelopes.ts"
import { accessTable } from "./accessTable.ts"

/** The time at which every row is judged, Unix ms: long enough after 0 for what came before. */
export const NOW = 1_000_000_000

/** The default of `pairing.ttlMs`. */
export const PAIRING_TTL_MS = 3_600_000

/** People whom the store of every test knows, each in one way. */
export const KNOWN = {
  approved: "+15555550111",
  /** The other handle of the same person. */
  approvedToo: "approved@example.com",
  /** One of somebody else's two handles, of whom nothing else is known. */
  sam: "+15555550118",
  owner: "+15555550119",
  /** The other handle of the same person. */
  ownerToo: "owner@example.com",
  approvedElsewhere: "+15555550112",
  approvedSince: "+15555550117",
  revoked: "+15555550113",
  waiting: "+15555550114",
  rejected: "+15555550115",
  rejectedLongAgo: "+15555550116"
} as const

/** `people` in the config of every row. */
export const PEOPLE = {
  approved: [KNOWN.approved, KNOWN.approvedToo],
  sam: [KNOWN.sam, "sam@example.com"],
  owner: [KNOWN.owner, KNOWN.ownerToo]
}

/** `owners` in the config of every row. */
export const OWNERS = [KNOWN.owner]

const GUID = "iMessage;-;+15555550101"

export const directTable = accessTable(
  {
    policy: {
      title: "`dmPolicy`",
      words: {
        "`disabled`": [{ dmPolicy: "disabled" }],
        "`open`": [{ dmPolicy: "open" }],
        "`allowlist`": [{ dmPolicy: "allowlist" }],
        "`pairing`": [{ dmPolicy: "pairing" }]
      }
    },
    age: {
      title: "the message",
      words: {
        recent: [
          { words: "not older than `pairing.ttlMs`", envelope: { sentAt: NOW - PAIRING_TTL_MS } },
          { words: "without a time that can be read" }
        ],
        old: [{ words: "older than `pairing.ttlMs`", envelope: { sentAt: NOW - PAIRING_TTL_MS - 1 } }]
      }
    },
    // After the age: who was approved since wrote before.
    who: {
      title: "who writes",
      words: {
        listed: [
          { words: "`allowFrom` names their number", allowFrom: ["(555) 555-0101"] },
          {
            words: "`allowFrom` names their email",
            allowFrom: ["Ada@Example.com"],
            envelope: { sender: "ada@example.com" }
          },
          {
            words: "`allowFrom` names their number for one service, and they write by it",
            allowFrom: ["imessage:+15555550101"],
            envelope: { via: "imessage" }
          },
          { words: "`allowFrom` names the chat by its id", allowFrom: ["chat_id:7"] },
          {
            words: "`allowFrom` names the chat by its guid",
            allowFrom: [`chat_guid:${GUID}`],
            envelope: { chatGuid: GUID }
          },
          {
            words: "`allowFrom` names a machine",
            allowFrom: ["sms:MYBANK"],
            envelope: { sender: "mybank", via: "sms" }
          },
          {
            words: "`allowFrom` names another handle of the same person in `people`",
            allowFrom: ["sam@example.com"],
            envelope: { sender: KNOWN.sam }
          },
          { words: '`allowFrom` holds `"*"`', allowFrom: ["*"] }
        ],
        approved: [
          { words: "approved by pairing, for this account", envelope: { sender: KNOWN.approved } },
          {
            words: "another handle of the same person in `people` was approved",
            envelope: { sender: KNOWN.approvedToo }
          }
        ],
        "an owner": [
          {
            words: "`owners` names them, and they write by iMessage",
            envelope: { sender: KNOWN.owner, via: "imessage" }
          },
          {
            words: "`owners` names another handle of the same person in `people`, and they write by iMessage",
            envelope: { sender: KNOWN.ownerToo, via: "imessage" }
          }
        ],
        "approved since": [
          {
            words: "approved by pairing, after they wrote it",
            envelope: { sender: KNOWN.approvedSince, sentAt: NOW - 1 }
          }
        ],
        unknown: [
          { words: "nothing is known of them" },
          { words: "others are in `allowFrom`", allowFrom: [BOB] },
          { words: "only `groupAllowFrom` names them", groupAllowFrom: [ALICE] },
          {
            words: "`allowFrom` names them for one service, and they write by another",
            allowFrom: ["imessage:+15555550101"],
            envelope: { via: "sms" }
          },
          {
            words: "`allowFrom` names them for one service, and Messages does not say by which they write",
            allowFrom: ["imessage:+15555550101"]
          },
          {
            words: "`owners` names them, and they write by SMS",
            envelope: { sender: KNOWN.owner, via: "sms" }
          },
          {
            words: "`owners` names them, and Messages does not say by which service they write",
            envelope: { sender: KNOWN.owner }
          },
          { words: "approved for another account only", envelope: { sender: KNOWN.approvedElsewhere } },
          { words: "their approval was revoked", envelope: { sender: KNOWN.revoked } },
          {
            words: "their request was rejected, and its code would have expired by now",
            envelope: { sender: KNOWN.rejectedLongAgo }
          }
        ],
        waiting: [
          { words: "they were sent a code that is still valid", envelope: { sender: KNOWN.waiting } }
        ],
        rejected: [
          {
            words: "their request was rejected, and its code would still be valid",
            envelope: { sender: KNOWN.rejected }
          }
        ],
        "a machine": [
          { words: "unknown, and a short code", envelope: { sender: "26266" } },
          { words: "the name of a company", envelope: { sender: "mybank" } },
          { words: "a business", envelope: { sender: "urn:biz:5555550101" } }
        ],
        "one too many": [
          { words: "unknown, while `pairing.maxPending` others wait already", pairing: { maxPending: 1 } }
        ]
      }
    },
    chat: {
      title: "chat",
      words: {
        "with one person": [{ envelope: { participantCount: 1 } }],
        thread: [
          {
            words: "of several people that Messages does not call a group and `groups` does not name",
            groups: () => ({ 8: {}, "*": {} }),
            envelope: { chatIdentifier: "chat555000107", participantCount: 2 }
          },
          { words: "the same, where nobody knows who is in the chat" }
        ]
      }
    },
    mention: {
      title: "mention",
      words: {
        there: [{ words: "it mentions the agent", envelope: { text: "@main hello" } }],
        missing: [{ words: "it does not", envelope: { text: "hello" } }]
      }
    },
    groupPolicy: {
      title: "`groupPolicy`",
      words: {
        "`open`": [{ groupPolicy: "open" }],
        "`allowlist`": [{ groupPolicy: "allowlist" }],
        "`disabled`": [{ groupPolicy: "disabled" }]
      }
    }
  },
  [
    { when: { policy: "`disabled`" }, verdict: "Drop: dm-disabled" },
    { when: { policy: "`open`" }, verdict: "Dispatch: dm-open" },
    { when: { policy: "`allowlist`", who: "listed" }, verdict: "Dispatch: dm-allowlisted" },
    { when: { policy: "`allowlist`", who: "approved" }, verdict: "Drop: dm-not-allowlisted" },
    {
      when: { policy: "`allowlist`", who: "an owner", chat: "with one person" },
      verdict: "Dispatch: dm-owner"
    },
    {
      when: { policy: "`allowlist`", who: "an owner", chat: "thread" },
      verdict: "Drop: dm-not-allowlisted"
    },
    { when: { policy: "`allowlist`", who: "approved since" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`allowlist`", who: "unknown" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`allowlist`", who: "waiting" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`allowlist`", who: "rejected" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`allowlist`", who: "a machine" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`allowlist`", who: "one too many" }, verdict: "Drop: dm-not-allowlisted" },
    { when: { policy: "`pairing`", who: "listed" }, verdict: "Dispatch: dm-allowlisted" },
    { when: { policy: "`pairing`", who: "approved" }, verdict: "Dispatch: dm-paired" },
    {
      when: { policy: "`pairing`", who: "an owner", chat: "with one person" },
      verdict: "Dispatch: dm-owner"
    },
    {
      when: { policy: "`pairing`", who: "an owner", age: "recent", chat: "thread" },
      verdict: "Drop: dm-unknown-in-thread"
    },
    {
      when: { policy: "`pairing`", who: "an owner", age: "old", chat: "thread" },
      verdict: "Drop: dm-too-old-to-pair"
    },
    { when: { policy: "`pairing`", who: "approved since" }, verdict: "Drop: dm-before-approval" },
    { when: { policy: "`pairing`", who: "a machine" }, verdict: "Drop: dm-not-a-person" },
    {
      when: { policy: "`pairing`", who: "unknown", age: "recent", chat: "with one person" },
      verdict: "Pair: dm-unknown-sender",
      pairing: "Created"
    },
    {
      when: { policy: "`pairing`", who: "waiting", age: "recent", chat: "with one person" },
      verdict: "Pair: dm-unknown-sender",
      pairing: "Pending"
    },
    {
      when: { policy: "`pairing`", who: "rejected", age: "recent", chat: "with one person" },
      verdict: "Pair: dm-unknown-sender",
      pairing: "Rejected"
    },
    {
      when: { policy: "`pairing`", who: "one too many", age: "recent", chat: "with one person" },
      verdict: "Pair: dm-unknown-sender",
      pairing: "Full"
    },
    ...(["unknown", "waiting", "rejected", "one too many"] as const).map(
      (who) =>
        ({
          when: { policy: "`pairing`", who, age: "recent", chat: "thread" },
          verdict: "Drop: dm-unknown-in-thread"
        }) as const
    ),
    { when: { policy: "`pairing`", who: "unknown", age: "old" }, verdict: "Drop: dm-too-old-to-pair" },
    { when: { policy: "`pairing`", who: "waiting", age: "old" }, verdict: "Drop: dm-too-old-to-pair" },
    { when: { policy: "`pairing`", who: "rejected", age: "old" }, verdict: "Drop: dm-too-old-to-pair" },
    { when: { policy: "`pairing`", who: "one too many", age: "old" }, verdict: "Drop: dm-too-old-to-pair" }
  ]
)
