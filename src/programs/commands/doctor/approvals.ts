/** Who was let in by pairing, as the store has it, whether a gateway runs or not. */
import { FileSystem, Path } from "@effect/platform"
import { type Context, Effect, Layer, Option } from "effect"
import * as PairingStoreSql from "../../../layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"
import { type PairingApproval, PairingStore } from "../../../services/PairingStore.ts"
import { identityOf, inWords } from "../../gateway/identities.ts"
import { type Check, warning } from "./Check.ts"

const PLACE = { id: "approvals", title: "Approvals" } as const

type Disk = FileSystem.FileSystem | Path.Path

/** What the store of a folder answers; `empty` where there is no store, and none where it cannot be read. */
const asked = <A, E, R>(
  stateDir: string,
  empty: A,
  ask: (store: Context.Tag.Service<PairingStore>) => Effect.Effect<A, E, R>
): Effect.Effect<Option.Option<A>, never, Disk | R> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(stateDir, STORE_FILE)
    if (!(yield* fs.exists(file))) return empty
    const store = Layer.provide(PairingStoreSql.layer, DatabaseSqlite.layer(file))
    return yield* Effect.provide(Effect.flatMap(PairingStore, ask), store)
  }).pipe(Effect.option)

/** Who was approved; none where the store cannot be read. */
export const approvalsIn = (
  stateDir: string
): Effect.Effect<Option.Option<ReadonlyArray<PairingApproval>>, never, Disk> =>
  asked<ReadonlyArray<PairingApproval>, unknown, never>(stateDir, [], ({ approvals }) => approvals)

/**
 * A check for each account that has people who were let in while it was another Messages identity; where there is no
 * store, or none that can be read, others say so.
 */
export const approvalChecks = (
  stateDir: string,
  accounts: ReadonlyArray<AccountConfig>
): Effect.Effect<ReadonlyArray<Check>, never, Disk> =>
  asked<ReadonlyArray<Check>, unknown, Disk>(stateDir, [], (store) =>
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
