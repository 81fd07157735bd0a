/** Who was let in by pairing, as the store has it, whether a gateway runs or not. */
import type { FileSystem, Path } from "@effect/platform"
import { type Context, Effect, Layer, Option } from "effect"
import * as PairingStoreSql from "../../../layers/pairing/PairingStoreSql.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { type PairingApproval, PairingStore } from "../../../services/PairingStore.ts"
import { identityOf, inWords } from "../../gateway/identities.ts"
import { type StorePlace, storeThere } from "../storeOf.ts"
import { type Check, warning } from "./Check.ts"

const PLACE = { id: "approvals", title: "Approvals" } as const

type Disk = FileSystem.FileSystem | Path.Path

/** What a store answers; `empty` where there is none, and none where it cannot be read. */
const asked = <A, E, R>(
  place: StorePlace,
  empty: A,
  ask: (store: Context.Tag.Service<PairingStore>) => Effect.Effect<A, E, R>
): Effect.Effect<Option.Option<A>, never, Disk | R> =>
  Effect.gen(function* () {
    const store = yield* storeThere(place)
    if (store === undefined) return empty
    return yield* Effect.provide(
      Effect.flatMap(PairingStore, ask),
      Layer.provide(PairingStoreSql.layer, store)
    )
  }).pipe(Effect.option)

/** Who was approved; none where the store cannot be read. */
export const approvalsIn = (
  place: StorePlace
): Effect.Effect<Option.Option<ReadonlyArray<PairingApproval>>, never, Disk> =>
  asked<ReadonlyArray<PairingApproval>, unknown, never>(place, [], ({ approvals }) => approvals)

/**
 * A check for each account that has people who were let in while it was another Messages identity; where there is no
 * store, or none that can be read, others say so.
 */
export const approvalChecks = (
  place: StorePlace,
  accounts: ReadonlyArray<AccountConfig>
): Effect.Effect<ReadonlyArray<Check>, never, Disk> =>
  asked<ReadonlyArray<Check>, unknown, Disk>(place, [], (store) =>
    Effect.forEach(accounts, (account) =>
      Effect.gen(function* () {
        const identity = yield* identityOf(account)
        const former = yield* store.former(account.id, identity.name, identity.spellings)
        if (former.length === 0) return []
        const { detail, remedy } = inWords(account.id, identity, former)
        return [warning({ ...PLACE, account: account.id }, detail, remedy)]
      })
    ).pipe(Effect.map((checks) => checks.flat()))
  ).pipe(Effect.map(Option.getOrElse(() => [])))
