/** Groups: who is answered, by `groupPolicy`, `groups` and mentions. */
import { ALICE, BOB } from "../../support/envelopes.ts"
import { KNOWN } from "./accessDirect.ts"
import { accessTable } from "./accessTable.ts"

export const groupTable = accessTable(
  {
    policy: {
      title: "`groupPolicy`",
      words: {
        "`disabled`": [{ groupPolicy: "disabled" }],
        "`open`": [{ groupPolicy: "open" }],
        "`allowlist`": [{ groupPolicy: "allowlist" }]
      }
    },
    chat: {
      title: "group",
      words: {
        admitted: [
          {
            words: "`groups` is empty",
            envelope: { isGroup: true },
            // Nothing can be said of mentions where nothing is said of groups.
            groups: (settings) => (Object.keys(settings).length === 0 ? {} : undefined)
          },
          {
            words: "`groups` names it",
            envelope: { isGroup: true },
            groups: (settings) => ({ 7: settings, 8: {} })
          },
          {
            words: "`groups` names its identifier",
            envelope: { isGroup: true, chatIdentifier: "chat555000107" },
            groups: (settings) => ({ chat555000107: settings, 8: {} })
          },
          {
            words: "`groups` names its guid, whose service is another one by now",
            envelope: { isGroup: true, chatGuid: "RCS;+;chat555000107" },
            groups: (settings) => ({ "iMessage;+;chat555000107": settings, 8: {} })
          },
          {
            words: '`groups` holds `"*"`',
            envelope: { isGroup: true },
            groups: (settings) => ({ "*": settings, 8: {} })
          },
          {
            words: '`groups` names it, with `"*"` for what it does not say',
            envelope: { isGroup: true },
            groups: (settings) => ({ "*": settings, 7: { historyLimit: 3 } })
          },
          {
            words: '`groups` names it, which counts more than `"*"`',
            envelope: { isGroup: true },
            groups: ({ requireMention = true }) => ({
              "*": { requireMention: !requireMention },
              7: { requireMention }
            })
          },
          {
            words: "`groups` names it, and Messages does not call it a group",
            envelope: { isGroup: false },
            groups: (settings) => ({ 7: settings })
          }
        ],
        "not admitted": [
          {
            words: "`groups` names only others",
            envelope: { isGroup: true },
            groups: (settings) => ({ 8: settings, 77: settings })
          }
        ]
      }
    },
    who: {
      title: "who writes",
      words: {
        listed: [
          { words: "`groupAllowFrom` names them", groupAllowFrom: ["(555) 555-0101"] },
          {
            words: "`groupAllowFrom` names them for the service that they write by",
            groupAllowFrom: ["sms:(555) 555-0101"],
            envelope: { via: "sms" }
          },
          { words: "`groupAllowFrom` names the chat", groupAllowFrom: ["chat_id:7"] },
          { words: '`groupAllowFrom` holds `"*"`', groupAllowFrom: ["*"] },
          { words: "`groupAllowFrom` is not set, and `allowFrom` names them", allowFrom: [ALICE] },
          { words: "`groupAllowFrom` is not set, and `allowFrom` names the chat", allowFrom: ["chat_id:7"] },
          { words: '`groupAllowFrom` is not set, and `allowFrom` holds `"*"`', allowFrom: ["*"] }
        ],
        "not listed": [
          { words: "no list names them", isClosed: true, allowFrom: [BOB] },
          {
            words: "`groupAllowFrom` names them for another service",
            groupAllowFrom: ["imessage:+15555550101"],
            envelope: { via: "sms" }
          },
          {
            words: "`groupAllowFrom` names others, and `allowFrom` names them",
            groupAllowFrom: [BOB],
            allowFrom: [ALICE]
          },
          {
            words: "`groupAllowFrom` is an empty list, and `allowFrom` names them",
            groupAllowFrom: [],
            allowFrom: [ALICE]
          },
          {
            words: "approved by pairing, and in no list",
            isClosed: true,
            envelope: { sender: KNOWN.approved }
          }
        ]
      }
    },
    needs: {
      title: "`requireMention`",
      words: {
        "`true`": [{ words: "not set" }, { words: "`true`", settings: { requireMention: true } }],
        "`false`": [{ settings: { requireMention: false } }]
      }
    },
    mention: {
      title: "mention",
      words: {
        there: [
          { words: "it mentions the agent", envelope: { text: "@main hello" } },
          { words: "it mentions the agent in passing", envelope: { text: "ask @MAIN, please" } }
        ],
        missing: [
          { words: "it does not", envelope: { text: "hello all" } },
          { words: "it has the agent's id as a word like any other", envelope: { text: "the main road" } }
        ]
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
    }
  },
  [
    { when: { policy: "`disabled`" }, verdict: "Drop: groups-disabled" },
    { when: { policy: "`open`", chat: "not admitted" }, verdict: "Drop: group-not-admitted" },
    { when: { policy: "`allowlist`", chat: "not admitted" }, verdict: "Drop: group-not-admitted" },
    {
      when: { policy: "`allowlist`", chat: "admitted", who: "not listed" },
      verdict: "Drop: group-sender-not-allowlisted"
    },
    {
      when: { policy: "`open`", chat: "admitted", needs: "`true`", mention: "there" },
      verdict: "Dispatch: group-mentioned"
    },
    {
      when: { policy: "`open`", chat: "admitted", needs: "`true`", mention: "missing" },
      verdict: "Remember: group-not-mentioned"
    },
    {
      when: { policy: "`open`", chat: "admitted", needs: "`false`" },
      verdict: "Dispatch: group-no-mention-needed"
    },
    {
      when: { policy: "`allowlist`", chat: "admitted", who: "listed", needs: "`true`", mention: "there" },
      verdict: "Dispatch: group-mentioned"
    },
    {
      when: { policy: "`allowlist`", chat: "admitted", who: "listed", needs: "`true`", mention: "missing" },
      verdict: "Remember: group-not-mentioned"
    },
    {
      when: { policy: "`allowlist`", chat: "admitted", who: "listed", needs: "`false`" },
      verdict: "Dispatch: group-no-mention-needed"
    }
  ]
)
