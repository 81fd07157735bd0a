/** The parts of a delivery, as people read of them. */
import type { Act } from "./Act.ts"
import type { SentPart } from "./control/Sending.ts"
import type { Delivery, Part, PartState } from "./Delivery.ts"

/** What each state of a part is called, for people and for machines. */
export const STATE_NAMES = {
  Queued: "queued",
  Sending: "sending",
  Sent: "sent",
  Uncertain: "uncertain",
  Failed: "failed",
  LeftOut: "left-out"
} as const satisfies Record<PartState["_tag"], SentPart["state"]>

/** What the state of a part is called. */
export const stateName = ({ _tag }: PartState): SentPart["state"] => STATE_NAMES[_tag]

/** Whether a part is something done, and nothing said: nothing of it is missed where it cannot be done. */
export const isAct = (part: Part): part is Act =>
  part._tag !== "Text" && part._tag !== "File" && part._tag !== "Poll"

/** The words of a part that it is known again by, where Messages writes them: none of an act, but for a chat that is made with a first message. */
export const spokenText = (part: Part): string | undefined =>
  part._tag === "Text" || part._tag === "CreateChat"
    ? part.text
    : part._tag === "Poll"
      ? part.question
      : undefined

const taken = (remove: boolean | undefined, what: string): string =>
  remove === true ? `${what} taken back` : what

/** A part in a few words; of a text all of it. */
export const partInWords = (part: Part): string => {
  switch (part._tag) {
    case "Text":
      return part.text
    case "File":
      return `${part.voice === true ? "voice note" : "file"} ${part.path}`
    case "Poll":
      return `poll: ${part.question} (${part.options.join(", ")})`
    case "React":
      return taken(part.remove, `tapback ${part.reaction}`)
    case "Edit":
      return `edit: ${part.text}`
    case "Unsend":
      return "message taken back"
    case "Vote":
      return taken(
        part.remove,
        `vote for ${typeof part.option === "number" ? `option ${part.option}` : part.option}`
      )
    case "Rename":
      return `group renamed: ${part.name}`
    case "SetIcon":
      return part.path === undefined ? "group icon removed" : `group icon ${part.path}`
    case "AddMember":
      return `${part.handle} added to the group`
    case "RemoveMember":
      return `${part.handle} removed from the group`
    case "Leave":
      return "group left"
    case "CreateChat":
      return `chat made with ${part.addresses.join(", ")}${part.text === undefined ? "" : `: ${part.text}`}`
  }
}

/** What a delivery would say and do, in its order, before any part of it is written down; `file` says what of a file is shown. */
export const plannedWords = (
  { acts = [], replies }: Pick<Delivery, "acts" | "replies">,
  file: (path: string) => string
): ReadonlyArray<string> => [
  ...replies.flatMap(({ media = [], poll, text = "" }) => [
    ...(text === "" ? [] : [text]),
    ...media.map(file),
    ...(poll === undefined ? [] : [partInWords({ _tag: "Poll", ...poll })])
  ]),
  ...acts.map(partInWords)
]
