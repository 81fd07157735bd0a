/** `deadletters list`, `show`, `retry` and `drop`: on the store, whether the gateway runs or not. */
import { Args, Command, HelpDoc, Options, ValidationError } from "@effect/cli"
import { Array as Arr, Clock, Console, Effect, Layer, type Option } from "effect"
import * as DeadLettersSql from "../../../layers/deadLetters/DeadLettersSql.ts"
import * as OutboxSql from "../../../layers/outbox/OutboxSql.ts"
import { accountOf, type DeadLetter, idOf, kindOf } from "../../../schemas/DeadLetter.ts"
import type { DeadLetterNotFound, DeadLetterRefused } from "../../../schemas/errors/delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { DeadLetters } from "../../../services/DeadLetters.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { details, summary } from "../../deadLetters/records.ts"
import { account, ofAccount } from "./accounts.ts"
import { showList, showOne } from "./deadLetterText.ts"
import * as options from "./options.ts"
import { printEither } from "./print.ts"
import { stateStore } from "./stateStore.ts"

const letterStore = (config: Option.Option<string>) =>
  stateStore(config, Layer.mergeAll(DeadLettersSql.layer, OutboxSql.layer))

const json = (what: string) => Options.boolean("json").pipe(Options.withDescription(`Print ${what}.`))

const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2)

const list = Command.make(
  "list",
  { account, config: options.config, json: json("an array of objects") },
  ({ account, config, json }) =>
    Effect.gen(function* () {
      const letters = yield* ofAccount(account, yield* (yield* DeadLetters).all, ({ content }) =>
        accountOf(content)
      )
      const now = yield* Clock.currentTimeMillis
      const named = yield* currentConfig
      yield* printEither(json, letters.map(summary), (look) => showList(letters, named, now, look))
    }).pipe(Effect.provide(letterStore(config)))
).pipe(
  Command.withDescription(
    "Shows what failed for good, newest first: turns that no agent answered, and deliveries that were not, or not certainly, sent."
  )
)

const id = Args.integer({ name: "ID" }).pipe(Args.withDescription("The letter's id, as the list shows it."))

const show = Command.make(
  "show",
  { id, config: options.config, json: json("an object") },
  ({ config, id, json }) =>
    Effect.gen(function* () {
      const letter = yield* (yield* DeadLetters).get(id)
      const parts =
        kindOf(letter.content) === "Turn" ? [] : yield* (yield* Outbox).parts(idOf(letter.content))
      const now = yield* Clock.currentTimeMillis
      yield* Console.log(
        json ? asJson(details(letter, parts)) : showOne(letter, parts, yield* currentConfig, now)
      )
    }).pipe(Effect.provide(letterStore(config)))
).pipe(Command.withDescription("Shows one letter with all that was said, and where each of its parts is."))

const ids = Args.repeated(id)
const all = Options.boolean("all").pipe(Options.withDescription("Every letter."))

type Acted = Effect.Effect<DeadLetter, DeadLetterNotFound | DeadLetterRefused | StoreUnavailable>

const eitherIdOrAll = HelpDoc.p("expected the id of a letter, several, or --all")

/**
 * Acts on the letters that were named, up to the first that cannot be acted on; of all letters such are left, and
 * said so. `done` says what became of one.
 */
const onEach = (
  named: { readonly ids: ReadonlyArray<number>; readonly all: boolean },
  act: (number: number) => Acted,
  done: (letter: DeadLetter) => string
) =>
  Effect.gen(function* () {
    if (named.all === named.ids.length > 0) {
      return yield* Effect.fail(ValidationError.invalidArgument(eitherIdOrAll))
    }
    const actOn = (number: number) => Effect.flatMap(act(number), (letter) => Console.log(done(letter)))
    if (!named.all) return yield* Effect.forEach(named.ids, actOn, { discard: true })
    const letters = yield* (yield* DeadLetters).all
    if (letters.length === 0) return yield* Console.log("There are no dead letters.")
    // Oldest first: what is said again comes in its old order.
    yield* Effect.forEach(
      Arr.reverse(letters),
      ({ number }) =>
        actOn(number).pipe(
          Effect.catchTags({
            // It succeeded since the look.
            DeadLetterNotFound: () => Effect.void,
            DeadLetterRefused: ({ message }) => Console.log(`Left: ${message}.`)
          })
        ),
      { discard: true }
    )
  })

const retry = Command.make(
  "retry",
  {
    ids,
    all,
    anyway: Options.boolean("anyway").pipe(
      Options.withDescription("Send also what may have been sent already.")
    ),
    config: options.config
  },
  ({ all, anyway, config, ids }) =>
    Effect.gen(function* () {
      const deadLetters = yield* DeadLetters
      yield* onEach(
        { all, ids },
        (number) => deadLetters.retry(number, { anyway }),
        ({ number, status }) =>
          status === "retrying"
            ? `Dead letter ${number} is being tried again already.`
            : `Dead letter ${number} is tried again: at once where the gateway runs, else at its next start.`
      )
    }).pipe(Effect.provide(letterStore(config)))
).pipe(
  Command.withDescription(
    "Tries letters again: the agent is asked again, or those parts of a delivery are sent that were not."
  )
)

const drop = Command.make("drop", { ids, all, config: options.config }, ({ all, config, ids }) =>
  Effect.gen(function* () {
    const deadLetters = yield* DeadLetters
    yield* onEach({ all, ids }, deadLetters.drop, ({ number }) => `Dead letter ${number} is dropped.`)
  }).pipe(Effect.provide(letterStore(config)))
).pipe(Command.withDescription("Forgets letters, and the files that wait with them."))

export const deadLettersCommand = Command.make("deadletters").pipe(
  Command.withDescription("What failed for good, and what is to be done with it."),
  Command.withSubcommands([list, show, retry, drop])
)
