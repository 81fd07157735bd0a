/** `why`: what was decided of the last messages, by which rule, and what came of each. */
import { Command, Options } from "@effect/cli"
import { Console, Effect, Layer, Option } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as DecisionsSql from "../../../layers/decisions/DecisionsSql.ts"
import * as PositionsSql from "../../../layers/inbox/PositionsSql.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { MessageRecord } from "../../../schemas/control/Records.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { Decisions } from "../../../services/Decisions.ts"
import { Positions } from "../../../services/Positions.ts"
import { explained } from "../../chats/explained.ts"
import type { Client } from "../../control/client.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"
import * as chatOptions from "../chats/options.ts"
import { isWithoutChild, sayUntold } from "../chats/withoutChild.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"
import { stateStore } from "./stateStore.ts"
import { showWhy, whyRecord } from "./whyText.ts"

/** So many messages at most are read of Messages' own history, for those that came are only some of them. */
const HISTORY = 1000
const PER_MESSAGE = 4

const json = Options.boolean("json").pipe(
  Options.withDescription("Print an array of objects; times are Unix milliseconds.")
)

/** What the gateway that runs can say beside; without one, and where its child does not answer, nothing. */
const askedOf =
  (config: Option.Option<string>) =>
  <A, E, R>(use: (client: Client) => Effect.Effect<ReadonlyArray<A>, E, R>) =>
    Effect.orElseSucceed(askGateway(config, use, { isQuiet: true }), (): ReadonlyArray<A> => [])

/** What was said in a chat, as Messages has it. In a cluster its host may not tell, which is said then. */
const historyOf = (
  config: Option.Option<string>,
  current: GatewayConfig,
  chat: number,
  urlParams: { readonly account?: string; readonly limit: number }
) =>
  askGateway(config, (client) => client.chats.history({ path: { chat }, urlParams }), { isQuiet: true }).pipe(
    Effect.tapError((failure) =>
      isWithoutChild(failure) ? sayUntold(current, urlParams.account) : Effect.void
    ),
    Effect.orElseSucceed((): ReadonlyArray<MessageRecord> => [])
  )

/** What the gateway that runs says was decided. Where it has just ended, what the config has against it is the failure. */
const decidedThere = (
  config: Option.Option<string>,
  urlParams: { readonly account?: string; readonly chat?: number; readonly limit: number }
) =>
  askGateway(config, (client) => client.chats.decisions({ urlParams }), { isQuiet: true }).pipe(
    Effect.tapErrorTag("GatewayNotRunning", () => Effect.flatMap(configFile(config), ConfigFile.load))
  )

const store = Layer.merge(DecisionsSql.layer, PositionsSql.layer)

export const whyCommand = Command.make(
  "why",
  {
    account: chatOptions.account,
    chat: Options.optional(chatOptions.chat),
    limit: chatOptions.limit("messages"),
    config: options.config,
    json
  },
  ({ account: named, chat, config, json, limit }) =>
    Effect.gen(function* () {
      const asked = askedOf(config)
      const decisions = yield* Decisions
      const positions = yield* Positions
      const current = yield* currentConfig
      // While the file is being edited it names no account: the gateway that runs chooses it then, in the same way.
      const isEdited = current.accounts.length === 0
      const id = isEdited ? Option.getOrUndefined(named) : (yield* chooseAccount(current, named)).id
      const account = id === undefined ? {} : { account: id }
      const chatId = Option.getOrUndefined(chat)
      const decided =
        id === undefined || isEdited
          ? yield* decidedThere(config, {
              ...{ ...account, limit },
              ...(chatId === undefined ? {} : { chat: chatId })
            })
          : yield* decisions.last({ accountId: id, chatId, limit })
      const urlParams = { ...account, limit: Math.min(HISTORY, limit * PER_MESSAGE) }
      const history = Option.isNone(chat) ? [] : yield* historyOf(config, current, chat.value, urlParams)
      const chats = yield* asked((client) =>
        client.chats.chats({ urlParams: { ...urlParams, limit: HISTORY } })
      )
      const accountId = id ?? decided[0]?.accountId ?? chats[0]?.accountId
      const position = accountId === undefined ? Option.none() : yield* positions.get(accountId)
      const messages = explained(decided, history, limit)
      const known = {
        people: current.people,
        cursor: Option.getOrUndefined(position)?.cursor,
        chats
      }
      yield* Console.log(
        json
          ? JSON.stringify(
              messages.map((one) => whyRecord(one, known)),
              undefined,
              2
            )
          : showWhy(messages, known)
      )
    }).pipe(Effect.provide(stateStore(config, store)))
).pipe(
  Command.withDescription(
    "Says of the last messages, of a chat or of an account, what was decided, by which rule, and what came of it."
  )
)
