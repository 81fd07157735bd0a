/** Options of the commands that read an account's chats. */
import { Options } from "@effect/cli"
import { Effect } from "effect"
import * as options from "../cli/options.ts"

/** More would be no list that people read. */
const MOST = 1000
const DEFAULT_LIMIT = 20

export const account = Options.text("account").pipe(
  Options.withPseudoName("ID"),
  Options.withDescription("Through this account, by its id. Default: the only account that is enabled."),
  Options.optional
)

export const limit = (what: string) =>
  options.limit(MOST, `How many ${what} at most, from 1 to ${MOST}.`, DEFAULT_LIMIT)

const CHAT_ID = /^(?:chat_id:)?([1-9]\d{0,14})$/iu

/** The id of a chat, also as it stands in a target. */
export const chat = Options.text("chat").pipe(
  Options.withPseudoName("ID"),
  Options.withDescription("The id of the chat, as `chats` shows it."),
  Options.mapEffect((given) => {
    const id = CHAT_ID.exec(given.trim())?.[1]
    return id === undefined
      ? Effect.fail(
          options.badValue(
            "chat",
            `expected the id of a chat, such as 42 (\`chats\` shows them); got "${given}"`
          )
        )
      : Effect.succeed(Number(id))
  })
)
