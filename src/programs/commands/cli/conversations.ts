/** `conversations list`, `show` and `clear`: on the store, whether the gateway runs or not. */
import { Args, Command, HelpDoc, Options, ValidationError } from "@effect/cli"
import { Clock, Console, Effect, Option } from "effect"
import * as ConversationsSql from "../../../layers/conversations/ConversationsSql.ts"
import { printSentence } from "../../../layers/terminal/TerminalConsole.ts"
import type { KnownConversation } from "../../../schemas/Conversation.ts"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { handlesOf } from "../../../schemas/People.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { Conversations } from "../../../services/Conversations.ts"
import { details, summary } from "../../conversations/records.ts"
import { showConversation, showConversations, whose } from "./conversationText.ts"
import * as options from "./options.ts"
import { printEither } from "./print.ts"
import { stateStore } from "./stateStore.ts"

/** More than the store keeps. */
const ALL = 100_000

const store = (config: Option.Option<string>, isWhole = false) =>
  stateStore(config, ConversationsSql.layer, { isWhole })

const json = (what: string) =>
  Options.boolean("json").pipe(Options.withDescription(`Print ${what}; times are Unix milliseconds.`))

const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2)

const summaries = Effect.gen(function* () {
  const { people } = yield* currentConfig
  const known = yield* (yield* Conversations).list(ALL)
  return known.map((one) => summary(one, people))
})

const list = Command.make(
  "list",
  { config: options.config, json: json("an array of objects") },
  ({ config, json }) =>
    Effect.gen(function* () {
      const conversations = yield* summaries
      const now = yield* Clock.currentTimeMillis
      yield* printEither(json, conversations, (look) => showConversations(conversations, now, look))
    }).pipe(Effect.provide(store(config)))
).pipe(
  Command.withDescription(
    "Shows which conversations agents remember: of whom, how much, since when; the one that was last spoken in first."
  )
)

const id = Args.integer({ name: "ID" }).pipe(
  Args.withDescription("The conversation's id, as the list shows it.")
)

const show = Command.make(
  "show",
  { id, config: options.config, json: json("an object") },
  ({ config, id, json }) =>
    Effect.gen(function* () {
      const { people } = yield* currentConfig
      const conversation = details(yield* (yield* Conversations).show(id), people)
      const now = yield* Clock.currentTimeMillis
      yield* Console.log(json ? asJson(conversation) : showConversation(conversation, now))
    }).pipe(Effect.provide(store(config)))
).pipe(
  Command.withDescription("Shows one conversation with all that was said. The audit log has who looked.")
)

const oneWay = HelpDoc.p("expected the id of a conversation, several, --of HANDLE, or --all")

const refuseUsage = Effect.fail(ValidationError.invalidArgument(oneWay))

/** All handles of whoever is meant: a number is read by the region of each account, a name as `people` has it. */
const handlesMeant = (who: string) =>
  Effect.map(currentConfig, ({ accounts, people }) => {
    const named = people.find(({ name }) => name === who)
    if (named !== undefined) return named.handles
    const read = accounts.map(({ region }) => normaliseHandle(who, region))
    return [...new Set(read.flatMap((handle) => handlesOf(people, handle)))]
  })

const clearEach = (ids: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const conversations = yield* Conversations
    const { people } = yield* currentConfig
    const cleared = (known: KnownConversation) =>
      printSentence(`${known.key.agentId} remembers nothing of ${whose(summary(known, people))} any more.`)
    yield* Effect.forEach(ids, (number) => Effect.flatMap(conversations.clear(number), cleared), {
      discard: true
    })
  })

const clear = Command.make(
  "clear",
  {
    ids: Args.repeated(id),
    of: Options.text("of").pipe(
      Options.withPseudoName("HANDLE"),
      Options.withDescription(
        "All of a person, with every agent: a phone number, an email, or a name of `people`. A session that they wrote in ends too."
      ),
      Options.optional
    ),
    all: Options.boolean("all").pipe(Options.withDescription("Every conversation.")),
    config: options.config
  },
  ({ all, config, ids, of }) =>
    Effect.gen(function* () {
      const ways = [all, ids.length > 0, Option.isSome(of)].filter((isWanted) => isWanted)
      if (ways.length !== 1) return yield* refuseUsage
      if (Option.isNone(of)) {
        const known = all ? (yield* (yield* Conversations).list(ALL)).map(({ number }) => number) : ids
        return known.length === 0
          ? yield* Console.log("No agent remembers anything.")
          : yield* clearEach(known)
      }
      const ended = yield* (yield* Conversations).forget(yield* handlesMeant(of.value))
      yield* printSentence(
        ended === 0
          ? `No agent remembers anything of ${of.value}.`
          : `No agent remembers anything of ${of.value} any more: ${ended === 1 ? "a conversation was" : `${ended} conversations were`} ended.`
      )
    }).pipe(Effect.provide(store(config, Option.isSome(of))))
).pipe(
  Command.withDescription(
    "Has agents forget conversations: the next message begins another, and what is being answered now is not remembered."
  )
)

export const conversationsCommand = Command.make("conversations").pipe(
  Command.withDescription("What agents remember, and what they are to forget."),
  Command.withSubcommands([list, show, clear])
)
