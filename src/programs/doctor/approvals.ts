/** People who were let in while an account was another Messages identity. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer } from "effect"
import * as PairingStoreSqlite from "../../layers/PairingStoreSqlite.ts"
import * as Database from "../../layers/sqlite/Database.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { STORE_FILE } from "../gateway.ts"
import { identityOf, inWords } from "../identities.ts"
import { type Check, warning } from "./Check.ts"

const PLACE = { id: "approvals", title: "Approvals" } as const

/** A check for each account that has any; where there is no store, or none that can be read, others say so. */
export const approvalChecks = (
  stateDir: string,
  accounts: ReadonlyArray<AccountConfig>
): Effect.Effect<ReadonlyArray<Check>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(stateDir, STORE_FILE)
    if (!(yield* fs.exists(file))) return []
    const store = Layer.provide(PairingStoreSqlite.layer, Database.layer(file))
    return yield* Effect.forEach(accounts, (account) =>
      Effect.gen(function* () {
        const identity = yield* identityOf(account)
        const former = yield* Effect.flatMap(PairingStore, (pairing) => pairing.former(account.id, identity))
        if (former.length === 0) return []
        const { detail, remedy } = inWords(account.id, identity, former)
        return [warning({ ...PLACE, account: account.id }, detail, remedy)]
      })
    ).pipe(
      Effect.map((checks) => checks.flat()),
      Effect.provide(store)
    )
  }).pipe(Effect.orElseSucceed(() => []))
