/** Options of the commands that read an account's chats. */
import { HelpDoc, Options, ValidationError } from "@effect/cli"
import { Effect, Schema } from "effect"

/** More would be no list that people read. */
const MOST = 1000

export const account = Options.text("account").pipe(
  Options.withDescription("Through this account, by its id. Default: the only account that is enabled."),
  Options.optional
)

export const limit = (what: string) =>
  Options.integer("limit").pipe(
    Options.withSchema(
      Schema.Int.pipe(
        Schema.between(1, MOST, { message: ({ actual }) => `${actual} is not a number from 1 to ${MOST}` })
      )
    ),
    Options.withDescription(`How many ${what} at most, from 1 to ${MOST}.`),
    Options.withDefault(20)
  )

const CHAT_ID = /^(?:chat_id:)?([1-9]\d{0,14})$/iu

/** The id of a chat, also as it stands in a target. */
export const chat = Options.text("chat").pipe(
  Options.withDescription("The id of the chat, as `chats` shows it."),
  Options.mapEffect((given) => {
    const id = CHAT_ID.exec(given.trim())?.[1]
    return id === undefined
      ? Effect.fail(
          ValidationError.invalidValue(
            HelpDoc.p(`expected the id of a chat, such as 42 (\`chats\` shows them); got "${given}"`)
          )
        )
      : Effect.succeed(Number(id))
  })
)
