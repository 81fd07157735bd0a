/** What agents remember, for people. */
import { harmless } from "../../../layers/terminal/harmless.ts"
import type { Look } from "../../../layers/terminal/look.ts"
import type { ConversationRecord, ConversationWords } from "../../../schemas/control/Records.ts"
import { inWords } from "../../../schemas/inWords.ts"
import { table } from "./table.ts"

/** Whose it is: of a handle that belongs to somebody by now, their name too. */
export const whose = ({ kind, name, of }: Pick<ConversationRecord, "kind" | "name" | "of">): string => {
  if (kind === "person") return name === undefined ? of : `${name} (${of})`
  return kind === "session" ? `session ${of}` : of
}

export const showConversations = (
  conversations: ReadonlyArray<ConversationRecord>,
  now: number,
  look?: Look
): string =>
  conversations.length === 0
    ? "No agent remembers anything."
    : table(
        [
          ["ID", "AGENT", "OF", "EXCHANGES", "BEGAN", "LAST"],
          ...conversations.map((one) => [
            String(one.id),
            one.agentId,
            whose(one),
            String(one.exchanges),
            new Date(one.beganAt).toISOString(),
            `${inWords(now - one.lastAt)} ago`
          ])
        ],
        look
      )

const indented = (text: string): string => harmless(text).replace(/^/gmu, "    ")

export const showConversation = (conversation: ConversationWords, now: number): string =>
  [
    table([
      ["id", String(conversation.id)],
      ["agent", conversation.agentId],
      ["of", whose(conversation)],
      ["began", new Date(conversation.beganAt).toISOString()],
      ["last", `${new Date(conversation.lastAt).toISOString()}, ${inWords(now - conversation.lastAt)} ago`]
    ]),
    ...conversation.said.flatMap(({ answered, asked, at }) => [
      "",
      `asked, ${new Date(at).toISOString()}`,
      indented(asked),
      ...(answered === "" ? ["nothing was answered"] : ["answered", indented(answered)])
    ])
  ].join("\n")
