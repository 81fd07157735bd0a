/** `history --chat ID`: the last messages of a chat. */
import { Command, Options } from "@effect/cli"
import { Console, Effect } from "effect"
import { readHistory } from "../../chats/History.ts"
import { accountIn, orByOwnChild } from "../chats/accountChild.ts"
import * as chatOptions from "../chats/options.ts"
import { showHistory } from "../chats/text.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const json = Options.boolean("json").pipe(
  Options.withDescription("Print an array of objects; times are Unix milliseconds.")
)

export const historyCommand = Command.make(
  "history",
  {
    account: chatOptions.account,
    chat: chatOptions.chat,
    limit: chatOptions.limit("messages"),
    config: options.config,
    json
  },
  ({ account, chat, config, json, limit }) =>
    Effect.gen(function* () {
      const messages = yield* askGateway(config, (client) =>
        client.chats.history({ path: { chat }, urlParams: { limit, ...accountIn(account) } })
      ).pipe(
        orByOwnChild({ config: yield* configFile(config), account }, (session, timeoutMs) =>
          readHistory(session, { chatId: chat, limit, timeoutMs })
        )
      )
      yield* Console.log(json ? JSON.stringify(messages, undefined, 2) : showHistory(chat, messages))
    })
).pipe(Command.withDescription("Shows the last messages of a chat, the newest one last."))
