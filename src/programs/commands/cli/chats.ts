/** `chats`: so that people find the chat_id for `groups` and targets. `chats resume` works on the store. */
import { Command, Options } from "@effect/cli"
import { Effect } from "effect"
import * as PausedChatsSql from "../../../layers/limits/PausedChatsSql.ts"
import { printSentence } from "../../../layers/terminal/TerminalConsole.ts"
import { ChatNotPaused } from "../../../schemas/errors/chats.ts"
import { PausedChats } from "../../../services/PausedChats.ts"
import { listChats } from "../../chats/Listed.ts"
import { accountIn, orByOwnChild } from "../chats/accountChild.ts"
import * as chatOptions from "../chats/options.ts"
import { showChats } from "../chats/text.ts"
import { account, ofAccount } from "./accounts.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { printEither } from "./print.ts"
import { configFile } from "./root.ts"
import { stateStore } from "./stateStore.ts"

const json = Options.boolean("json").pipe(
  Options.withDescription("Print an array of objects; times are Unix milliseconds.")
)

/** A chat as `status` names it, or its id alone. */
const pausedChat = Options.text("chat").pipe(
  Options.withPseudoName("CHAT"),
  Options.withDescription("The chat, as `status` shows it: its id, or a target."),
  Options.map((given) => (/^\d+$/u.test(given.trim()) ? `chat_id:${given.trim()}` : given.trim()))
)

const resume = Command.make(
  "resume",
  { account, chat: pausedChat, config: options.config },
  ({ account, chat, config }) =>
    Effect.gen(function* () {
      const pausedChats = yield* PausedChats
      const paused = yield* ofAccount(account, yield* pausedChats.all, ({ accountId }) => accountId)
      const meant = paused.filter((pause) => pause.chat === chat)
      if (meant.length === 0) return yield* new ChatNotPaused({ chat })
      yield* Effect.forEach(meant, (pause) =>
        Effect.zipRight(
          pausedChats.resume(pause),
          printSentence(`${pause.chat} of ${pause.accountId} goes on: at once where the gateway runs.`)
        )
      )
    }).pipe(Effect.provide(stateStore(config, PausedChatsSql.layer)))
).pipe(
  Command.withDescription(
    "Ends the pause of a chat that gave the gateway's own words back. What waits is answered."
  )
)

export const chatsCommand = Command.make(
  "chats",
  { account: chatOptions.account, limit: chatOptions.limit("chats"), config: options.config, json },
  ({ account, config, json, limit }) =>
    Effect.gen(function* () {
      const chats = yield* askGateway(config, (client) =>
        client.chats.chats({ urlParams: { limit, ...accountIn(account) } })
      ).pipe(
        Effect.map((found) => found.map(({ accountId: _, ...chat }) => chat)),
        orByOwnChild({ config: yield* configFile(config), account }, (session, timeoutMs) =>
          listChats(session, { limit, timeoutMs })
        )
      )
      yield* printEither(json, chats, (look) => showChats(chats, look))
    })
).pipe(
  Command.withDescription("Shows chats with their ids, the one with the newest message first."),
  Command.withSubcommands([resume])
)
