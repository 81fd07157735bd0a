/** `chats`: so that people find the chat_id for `groups` and targets. */
import { Command, Options } from "@effect/cli"
import { Console, Effect } from "effect"
import { withAccountChild } from "../chats/accountChild.ts"
import { listChats } from "../chats/Listed.ts"
import * as chatOptions from "../chats/options.ts"
import { showChats } from "../chats/text.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const json = Options.boolean("json").pipe(
  Options.withDescription("Print an array of objects; times are Unix milliseconds.")
)

export const chatsCommand = Command.make(
  "chats",
  { account: chatOptions.account, limit: chatOptions.limit("chats"), config: options.config, json },
  ({ account, config, json, limit }) =>
    Effect.gen(function* () {
      const chats = yield* withAccountChild(
        { config: yield* configFile(config), account },
        (session, timeoutMs) => listChats(session, { limit, timeoutMs })
      )
      yield* Console.log(json ? JSON.stringify(chats, undefined, 2) : showChats(chats))
    })
).pipe(Command.withDescription("Shows chats with their ids, the one with the newest message first."))
