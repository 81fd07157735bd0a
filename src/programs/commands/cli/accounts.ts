/** `--account ID` of the commands that list something. */
import { Options } from "@effect/cli"
import { Effect, Option } from "effect"
import { AccountNotFound } from "../../../schemas/errors/config.ts"
import { currentConfig } from "../../../services/ConfigService.ts"

export const account = Options.text("account").pipe(
  Options.withPseudoName("ID"),
  Options.withDescription("Only this account, by its id."),
  Options.optional
)

/** Keeps what belongs to the account that was asked for. An account that nobody knows is a mistake, not an empty list. */
export const ofAccount = <A>(
  wanted: Option.Option<string>,
  entries: ReadonlyArray<A>,
  accountOf: (entry: A) => string
) =>
  Effect.gen(function* () {
    if (Option.isNone(wanted)) return entries
    const { accounts } = yield* currentConfig
    const own = entries.filter((entry) => accountOf(entry) === wanted.value)
    if (own.length === 0 && accounts.length > 0 && !accounts.some(({ id }) => id === wanted.value)) {
      return yield* new AccountNotFound({ account: wanted.value, known: accounts.map(({ id }) => id) })
    }
    return own
  })
