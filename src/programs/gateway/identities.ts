/** People who were let in while their account was another Messages identity. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Ref, Stream } from "effect"
import { remoteHostOf } from "../../layers/remote/cliCommand.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { canonical, databaseOf } from "../../schemas/config/database.ts"
import { homeExpander } from "../../schemas/config/home.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Hosts } from "../../services/Hosts.ts"
import { type FormerApproval, PairingStore } from "../../services/PairingStore.ts"

/** People who are named; of more there is a list. */
const MOST_NAMED = 10

/** The database that no `dbPath` names: of a Mac over SSH, where nobody here knows it, and in stores of old for every one. */
const UNNAMED_DATABASE = "the chat.db of its user"

/** Whose Messages an account reads: the Mac and the database. `spellings` are what stores of old have for the same one. */
export interface Identity {
  readonly name: string
  readonly spellings: ReadonlyArray<string>
}

/** An account's identity, as far as the config says it. */
export const identityOf = (
  account: AccountConfig
): Effect.Effect<Identity, never, FileSystem.FileSystem | Path.Path> =>
  Effect.map(remoteHostOf(account), (remote) => {
    const { dbPath } = account
    const expandHome = homeExpander(process.env)
    return Option.match(remote, {
      onNone: () => {
        const name = databaseOf(account, expandHome)
        const isDefault = name === databaseOf({}, expandHome)
        return {
          name,
          spellings: [...(dbPath === undefined ? [] : [dbPath]), ...(isDefault ? [UNNAMED_DATABASE] : [])]
        }
      },
      onSome: ({ destination }) => ({
        name: `${destination}:${dbPath === undefined ? UNNAMED_DATABASE : canonical(dbPath)}`,
        spellings: dbPath === undefined ? [] : [`${destination}:${dbPath}`]
      })
    })
  })

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= MOST_NAMED
    ? names.join(", ")
    : `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`

/** What is wrong and what to do, of an account that has such approvals. */
export const inWords = (
  accountId: string,
  { name }: Identity,
  former: ReadonlyArray<FormerApproval>
): { readonly detail: string; readonly remedy: string } => ({
  detail: `the account ${accountId} reads ${name} now; these were let in while it read ${[
    ...new Set(former.map((approval) => approval.identity))
  ].join(" and ")}, and still are: ${listed(former.map(({ sender }) => sender))}`,
  remedy: `Whoever is not to write to it: \`imsg-gateway pairing revoke HANDLE --account ${accountId}\`. Those who may need nothing.`
})

/** Writes down what each enabled account is, now and after each change of the config, and warns where that is another. */
export const followIdentities: Effect.Effect<
  void,
  never,
  ConfigService | PairingStore | FileSystem.FileSystem | Path.Path
> = Effect.gen(function* () {
  const { changes } = yield* ConfigService
  const { identify } = yield* PairingStore
  const said = yield* Ref.make<ReadonlySet<string>>(new Set())
  // Each account that begins has all of this host looked at, and to see where an `imsg` runs takes a dozen looks at the disk.
  const seen = yield* Ref.make<ReadonlyMap<string, GatewayConfig>>(new Map())
  const look = (
    account: AccountConfig,
    config: GatewayConfig
  ): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem | Path.Path> =>
    Effect.gen(function* () {
      // A wrapper may lead to another Mac though nothing of the account was changed: it is asked whenever the config was read.
      if ((yield* Ref.get(seen)).get(account.id) === config) return
      const identity = yield* identityOf(account)
      const key = `${account.id} ${identity.name}`
      const isSaid = (yield* Ref.get(said)).has(key)
      const former = isSaid ? [] : yield* identify(account.id, identity.name, identity.spellings)
      yield* Ref.update(said, (before) => new Set([...before, key]))
      yield* Ref.update(seen, (before) => new Map([...before, [account.id, config]]))
      if (former.length === 0) return
      const { detail, remedy } = inWords(account.id, identity, former)
      yield* Effect.annotateLogs(Effect.logWarning(detail), { account: account.id, hint: remedy })
    })
  // In a cluster the host that runs an account says what it reads: a path means another file on each.
  const hosted = Option.match(yield* Hosts, {
    onNone: () => Stream.make(undefined),
    onSome: ({ hosted }) => hosted
  })
  yield* Stream.runForEach(Stream.zipLatest(changes, hosted), ([config, here]) =>
    Effect.forEach(
      config.accounts.filter(({ enabled, id }) => enabled && (here?.includes(id) ?? true)),
      (account) =>
        Effect.catchAll(look(account, config), ({ message }) =>
          Effect.logWarning(`whom the account ${account.id} let in before cannot be looked up: ${message}`)
        ),
      { discard: true }
    )
  )
})
