/** Which account is meant, where one is needed. */
import { Effect, Option } from "effect"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { AccountNotFound } from "../../schemas/errors/config.ts"
import { AccountNotChosen } from "../../schemas/errors/doctor.ts"

/** The account of this id, enabled or not. */
const accountNamed = (
  accounts: ReadonlyArray<AccountConfig>,
  id: string
): Effect.Effect<AccountConfig, AccountNotFound> =>
  Option.match(Option.fromNullable(accounts.find((account) => account.id === id)), {
    onNone: () => Effect.fail(new AccountNotFound({ account: id, known: accounts.map(({ id }) => id) })),
    onSome: (account) => Effect.succeed(account)
  })

/** The account that is named, else the config's default, else the only one that is enabled. */
export const chooseAccount = (
  { accounts, defaultAccount }: Pick<GatewayConfig, "accounts" | "defaultAccount">,
  named: Option.Option<string>
): Effect.Effect<AccountConfig, AccountNotFound | AccountNotChosen> => {
  const id = Option.orElse(named, () => Option.fromNullable(defaultAccount))
  if (Option.isSome(id)) return accountNamed(accounts, id.value)
  const [only, ...others] = accounts.filter(({ enabled }) => enabled)
  return only === undefined || others.length > 0
    ? Effect.fail(
        new AccountNotChosen({ enabled: accounts.filter(({ enabled }) => enabled).map(({ id }) => id) })
      )
    : Effect.succeed(only)
}
