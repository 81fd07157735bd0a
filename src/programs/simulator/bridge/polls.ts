/** Polls as they are chosen from and as imsg writes them on the wire: pure. */
import type { MessageRow } from "../ChatModel.ts"
import type { PollEvent, PollOption } from "./Extras.ts"

/** How one option of a poll is named: exactly one of these. `index` counts from 1. */
export interface OptionName {
  readonly id?: string | undefined
  readonly index?: number | undefined
  readonly text?: string | undefined
}

/** The option that is named; undefined where the poll has none like that. */
export const optionOf = (
  options: ReadonlyArray<PollOption>,
  { id, index, text }: OptionName
): PollOption | undefined =>
  index !== undefined
    ? options[index - 1]
    : options.find((option) => (id !== undefined ? option.id === id : option.text === text))

/** The poll that a row made; undefined where it made none. */
export const pollOf = ({ extras }: MessageRow): Extract<PollEvent, { _tag: "created" }> | undefined =>
  extras?.poll?._tag === "created" ? extras.poll : undefined

/** What a message says of its poll. A vote names its option and not what that says: imsg reads each row by itself. */
export const pollPayload = ({ extras, guid, sender }: MessageRow) => {
  const poll = extras?.poll
  if (poll === undefined) return {}
  if (poll._tag === "created") {
    const { options, question } = poll
    const created = { kind: "created", event: "imessage.poll.created", poll_guid: guid, question, options }
    return { poll: { ...created, creator: sender, participants: [sender] } }
  }
  const vote = {
    option_id: poll.optionId,
    participant: poll.participant,
    event_type: poll.isRemoved ? "removed" : "selected"
  }
  return {
    poll: {
      kind: "vote",
      event: "imessage.poll.voted",
      poll_guid: poll.poll,
      vote,
      votes: [vote],
      original_guid: poll.poll,
      participants: [poll.participant]
    }
  }
}
