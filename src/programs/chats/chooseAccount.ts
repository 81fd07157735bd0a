/** Which account is meant, where one is needed. */
import { Effect, Option } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { AccountNotFound } from "../../schemas/errors/config.ts"
import { AccountNotChosen } from "../../schemas/errors/doctor.ts"

/** The account of this id, enabled or not. */
export const accountNamed = (
  accounts: ReadonlyArray<AccountConfig>,
  id: string
): Effect.Effect<AccountConfig, AccountNotFound> =>
  Option.match(Option.fromNullable(accounts.find((account) => account.id === id)), {
    onNone: () => Effect.fail(new AccountNotFound({ account: id, known: accounts.map(({ id }) => id) })),
    onSome: (account) => Effect.succeed(account)
  })

/** The account that is named, else the only one that is enabled. */
export const chooseAccount = (
  accounts: ReadonlyArray<AccountConfig>,
  named: Option.Option<string>
): Effect.Effect<AccountConfig, AccountNotFound | AccountNotChosen> => {
  if (Option.isSome(named)) return accountNamed(accounts, named.value)
  const [only, ...others] = accounts.filter(({ enabled }) => enabled)
  return only === undefined || others.length > 0
    ? Effect.fail(
        new AccountNotChosen({ enabled: accounts.filter(({ enabled }) => enabled).map(({ id }) => id) })
      )
    : Effect.succeed(only)
}
