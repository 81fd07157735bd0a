import { Effect, Option } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { canonicalHandle, type Inserted, type MessageRow, type NewMessage, OWN_HANDLE } from "../ChatModel.ts"
import { newGuid } from "../chatWrites.ts"
import { SimulatorRefused } from "../SimulatorRefused.ts"
import { POLLS_BUNDLE } from "./Extras.ts"
import type { LiveMessages } from "./LiveMessages.ts"
import { optionOf, pollOf } from "./polls.ts"

/** What the messages are made with: the writing of a row, the row of a guid, and the changes, which answer whether one was. */
interface Making {
  readonly write: (message: NewMessage) => Effect.Effect<Inserted, StoreUnavailable | SimulatorRefused>
  readonly message: (guid: string) => Effect.Effect<Option.Option<MessageRow>, StoreUnavailable>
  readonly edit: (guid: string, text: string) => Effect.Effect<boolean, StoreUnavailable>
  readonly unsend: (guid: string) => Effect.Effect<boolean, StoreUnavailable>
}

const HINT = "Guids are what `receive` and `sent` print."

const unknown = (guid: string) => new SimulatorRefused({ detail: `there is no message ${guid}`, hint: HINT })

/** What people do to messages that are there. */
export const makeLiveMessages = ({
  edit,
  message,
  unsend,
  write
}: Making): Pick<LiveMessages, "message" | "poll" | "vote" | "edit" | "unsend"> => {
  const changed = (guid: string, change: Effect.Effect<boolean, StoreUnavailable>) =>
    Effect.asVoid(
      Effect.filterOrFail(
        change,
        (found) => found,
        () => unknown(guid)
      )
    )
  return {
    message,
    poll: ({ chatId, options, question, replyTo, sender }) =>
      Effect.gen(function* () {
        if (options.length < 2) {
          return yield* new SimulatorRefused({
            detail: `a poll has two options or more, and this one has ${options.length}`,
            hint: "Name each with --option."
          })
        }
        const named = yield* Effect.forEach(options, (text) => Effect.map(newGuid, (id) => ({ id, text })))
        const inserted = yield* write({
          chatId,
          sender: sender === null ? null : canonicalHandle(sender),
          text: "",
          balloonBundleId: POLLS_BUNDLE,
          extras: { poll: { _tag: "created", question, options: named } },
          ...(replyTo === undefined ? {} : { replyTo, follows: replyTo })
        })
        return { ...inserted, options: named }
      }),
    vote: ({ option, poll, remove = false, sender }) =>
      Effect.gen(function* () {
        const row = Option.getOrUndefined(yield* message(poll))
        const asked = row === undefined ? undefined : pollOf(row)
        if (row === undefined || asked === undefined)
          return yield* new SimulatorRefused({ detail: `there is no poll ${poll}`, hint: HINT })
        const chosen = optionOf(asked.options, option)
        if (chosen === undefined) {
          return yield* new SimulatorRefused({
            detail: `the poll ${poll} has no option ${option.id ?? option.index ?? option.text}`,
            hint: `It has ${asked.options.map(({ text }) => `"${text}"`).join(", ")}.`
          })
        }
        const voter = sender === null ? null : canonicalHandle(sender)
        return yield* write({
          chatId: row.chatId,
          sender: voter,
          text: "",
          balloonBundleId: POLLS_BUNDLE,
          extras: {
            poll: {
              _tag: "vote",
              poll: row.guid,
              optionId: chosen.id,
              participant: voter ?? OWN_HANDLE,
              isRemoved: remove
            }
          }
        })
      }),
    edit: ({ guid, text }) => changed(guid, edit(guid, text)),
    unsend: (guid) => changed(guid, unsend(guid))
  }
}
