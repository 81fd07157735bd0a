/**
 * Carries the state of a gateway that ran alone over into the cluster of a config: its store, and the files of replies
 * beside it. The store is set aside afterwards: a gateway without `cluster` that was started on it would answer what the
 * hosts answer.
 */
import { FileSystem, Path } from "@effect/platform"
import { Clock, Context, Effect, Layer } from "effect"
import { type CarriedFiles, carryFiles } from "../../../layers/cluster/carryOver/carryFiles.ts"
import {
  carryOver,
  type Found,
  findIn,
  holdStill,
  mayBegin
} from "../../../layers/cluster/carryOver/carryOver.ts"
import { Database } from "../../../layers/database/Database.ts"
import * as DatabasePostgres from "../../../layers/postgres/DatabasePostgres.ts"
import { nameOf } from "../../../layers/postgres/server.ts"
import * as StateLockLive from "../../../layers/process/StateLockLive.ts"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import { examine, renameAside } from "../../../layers/sqlite/storeFile.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { CarryOverRefused } from "../../../schemas/errors/cluster.ts"
import { failureWords } from "../../../schemas/errors/platformWords.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"

export interface Wanted {
  readonly config: Pick<GatewayConfig, "accounts">
  readonly cluster: NonNullable<GatewayConfig["cluster"]>
  /** The state folder of the gateway that ran alone. */
  readonly stateDir: string
  /** Whether it is only looked whether it can be done. */
  readonly isDry: boolean
}

/** What became of the store once all of it was in the cluster. */
export type Aside = { readonly file: string } | { readonly failed: string }

export interface Imported extends Pick<Found, "rows" | "waiting"> {
  readonly from: string
  /** The server's database, as messages name it. */
  readonly into: string
  /** The files of replies; absent where it was only looked. */
  readonly files?: CarriedFiles
  /** Absent where it was only looked. */
  readonly aside?: Aside
  readonly tookMs: number
}

const requireStore = (stateDir: string) =>
  Effect.gen(function* () {
    const file = (yield* Path.Path).join(stateDir, STORE_FILE)
    const fs = yield* FileSystem.FileSystem
    // What cannot be looked at is said by whoever opens it.
    const isThere = yield* Effect.orElseSucceed(fs.exists(file), () => true)
    return isThere ? file : yield* new CarryOverRefused({ reason: "no-store", what: stateDir })
  })

const requireAccounts = ({ accounts }: Wanted["config"], found: Found) => {
  const unknown = found.accounts.filter((id) => !accounts.some((account) => account.id === id))
  return unknown.length === 0
    ? Effect.void
    : new CarryOverRefused({ reason: "unknown-accounts", what: unknown.join(", ") })
}

const opened = <E, R>(layer: Layer.Layer<Database, E, R>) =>
  Effect.map(Layer.build(layer), Context.get(Database))

const setAside = (file: string) =>
  renameAside(file, "carried").pipe(
    Effect.match({
      onSuccess: (aside): Aside => ({ file: aside }),
      onFailure: (error): Aside => ({ failed: failureWords(error) })
    })
  )

/** Looks through the file. Nobody sets one aside that is damaged, as the gateway did that ran alone. */
const examined = (file: string) =>
  Effect.catchIf(
    examine(file),
    ({ trouble }) => trouble === "corrupt",
    ({ detail }) => new CarryOverRefused({ reason: "damaged", what: `${file}: ${detail}` })
  )

/** What is to be carried over, held as it is until the scope closes. */
const held = ({ config, isDry, stateDir }: Wanted, file: string, into: Database["Type"]) =>
  Effect.gen(function* () {
    const from = yield* opened(DatabaseSqlite.layer(file))
    yield* holdStill(from)
    const found = yield* findIn(from)
    yield* requireAccounts(config, found)
    yield* mayBegin(into)
    const files = isDry
      ? undefined
      : yield* Effect.provideService(carryFiles(stateDir, found.withFiles), Database, into)
    return { from, found, files }
  })

/**
 * Fails where there is something against it; nothing is changed then, but that the store is brought up to date. It can be
 * interrupted until all of it is copied; what was done is told, also where somebody interrupted it by then.
 */
export const importState = <R>(wanted: Wanted, tell: (imported: Imported) => Effect.Effect<void, never, R>) =>
  Effect.gen(function* () {
    const { cluster, isDry, stateDir } = wanted
    const began = yield* Clock.currentTimeMillis
    const file = yield* requireStore(stateDir)
    // Whoever runs on it is refused, and nobody begins meanwhile.
    yield* Layer.build(StateLockLive.layer(stateDir))
    yield* examined(file)
    const server = { url: cluster.postgres.url, name: `${cluster.name} import` }
    const into = yield* opened(DatabasePostgres.layer(server))

    const about = { from: file, into: yield* nameOf(server) }
    const copied = Effect.gen(function* () {
      const { files, found, from } = yield* Effect.interruptible(held(wanted, file, into))
      const { rows, waiting } = found
      return files === undefined ? { rows, waiting } : { rows: yield* carryOver(from, into), waiting, files }
    }).pipe(Effect.scoped)
    // What is being committed is, whoever waits for it: it is then known to be, and the store set aside.
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        const done = yield* copied
        const aside = isDry ? {} : { aside: yield* setAside(file) }
        yield* tell({ ...about, ...done, ...aside, tookMs: (yield* Clock.currentTimeMillis) - began })
      })
    )
  }).pipe(Effect.scoped)
