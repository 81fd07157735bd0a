/** What in a chat is a command, by who writes where: of those who are let in. */
import { ALICE } from "../../support/envelopes.ts"
import { KNOWN } from "./accessDirect.ts"
import { accessTable, type Meaning } from "./accessTable.ts"

const saying = (...texts: ReadonlyArray<string>): ReadonlyArray<Meaning> =>
  texts.map((text) => ({ words: `\`${text}\``, envelope: { text } }))

/** Everybody is let in, so that it is only about commands. */
const LET_IN: Meaning = {
  dmPolicy: "open",
  groupPolicy: "open",
  groups: () => ({ "*": { requireMention: false } })
}

export const commandTable = accessTable(
  {
    what: {
      title: "what they write",
      words: {
        "of the chat": saying("/stop", "/new", "/reset", "/status", "/help"),
        "of owners": saying(
          "/pairing",
          "/pair K7WQ2M9X",
          "/reject K7WQ2M9X",
          "/pause",
          "/pause 42",
          "/resume",
          "/resume 42",
          "/allow",
          "/allow K7WQ2M9X",
          "/deny K7WQ2M9X"
        ),
        "anything else": saying("/stop it", "please /stop", "stop", "/stopp", "/pair of socks", "/halt")
      }
    },
    who: {
      title: "who writes",
      words: {
        "an owner": [
          {
            words: "`owners` names them, and it is an iMessage",
            envelope: { sender: KNOWN.owner, via: "imessage" }
          },
          {
            words: "the same, from another handle of that person in `people`",
            envelope: { sender: KNOWN.ownerToo, via: "imessage" }
          }
        ],
        "somebody else": [
          { words: "`owners` does not name them", envelope: { sender: ALICE, via: "imessage" } },
          {
            words: "`owners` names them, and it is an SMS or came by RCS",
            envelope: { sender: KNOWN.owner, via: "sms" }
          },
          {
            words: "`owners` names them, and Messages does not say by which service it came",
            envelope: { sender: KNOWN.owner }
          }
        ]
      }
    },
    chat: {
      title: "chat",
      words: {
        "their own": [{ ...LET_IN, envelope: { participantCount: 1 } }],
        "a group": [{ ...LET_IN, envelope: { isGroup: true, participantCount: 3 } }],
        "a thread": [
          {
            ...LET_IN,
            words: "of several people that Messages does not call a group",
            envelope: { chatIdentifier: "chat555000107", participantCount: 2 }
          },
          { ...LET_IN, words: "the same, where nobody knows who is in the chat" },
          {
            ...LET_IN,
            words: "one that its guid calls a group",
            envelope: { chatGuid: "any;+;chat555000107", participantCount: 1 }
          }
        ]
      }
    }
  },
  [
    { when: { what: "of the chat", chat: "their own" }, verdict: "Command: command" },
    { when: { what: "of the chat", chat: "a group", who: "an owner" }, verdict: "Command: command" },
    { when: { what: "of the chat", chat: "a thread", who: "an owner" }, verdict: "Command: command" },
    {
      when: { what: "of the chat", chat: "a group", who: "somebody else" },
      verdict: "Dispatch: group-no-mention-needed"
    },
    { when: { what: "of the chat", chat: "a thread", who: "somebody else" }, verdict: "Dispatch: dm-open" },
    { when: { what: "of owners", chat: "their own", who: "an owner" }, verdict: "Command: command" },
    { when: { what: "of owners", chat: "their own", who: "somebody else" }, verdict: "Dispatch: dm-open" },
    { when: { what: "of owners", chat: "a group" }, verdict: "Dispatch: group-no-mention-needed" },
    { when: { what: "of owners", chat: "a thread" }, verdict: "Dispatch: dm-open" },
    { when: { what: "anything else", chat: "their own" }, verdict: "Dispatch: dm-open" },
    { when: { what: "anything else", chat: "a group" }, verdict: "Dispatch: group-no-mention-needed" },
    { when: { what: "anything else", chat: "a thread" }, verdict: "Dispatch: dm-open" }
  ]
)
