/**
 * Sending where no gateway runs: with a child of its own, through the same delivery. What is sent is written down in the
 * gateway's store, so that the gateway knows it again when it comes back.
 */
import { Path } from "@effect/platform"
import { Clock, Effect, Layer } from "effect"
import * as AccountsLive from "../../layers/AccountsLive.ts"
import * as ChunkerLive from "../../layers/ChunkerLive.ts"
import * as DeadLettersSqlite from "../../layers/DeadLettersSqlite.ts"
import * as EchoesSqlite from "../../layers/EchoesSqlite.ts"
import * as EventsLive from "../../layers/EventsLive.ts"
import * as ImsgProcessLive from "../../layers/ImsgProcessLive.ts"
import * as JournalSqlite from "../../layers/JournalSqlite.ts"
import * as LifecycleLive from "../../layers/LifecycleLive.ts"
import * as MetricsLive from "../../layers/MetricsLive.ts"
import * as OutboundFilesLive from "../../layers/OutboundFilesLive.ts"
import * as ProcessGroupLive from "../../layers/ProcessGroupLive.ts"
import * as StateLockLive from "../../layers/StateLockLive.ts"
import * as Database from "../../layers/sqlite/Database.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { ImsgProcess } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import * as AccountContext from "../account/AccountContext.ts"
import { makeDeliver } from "../account/deliver.ts"
import { cursorOf, recentRows } from "../account/recentRows.ts"
import { STORE_FILE } from "../gateway.ts"
import { prepare } from "./prepare.ts"
import { resultOf } from "./result.ts"

/** How long is tried what a person waits for, in ms. */
const WITHIN_MS = 60_000

/** The services of a delivery on the state folder, which no gateway may use meanwhile. */
const services = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { stateDir } = yield* currentConfig
    const path = yield* Path.Path
    return Layer.mergeAll(
      AccountsLive.layer,
      ChunkerLive.layer,
      LifecycleLive.layer,
      OutboundFilesLive.layer(stateDir),
      JournalSqlite.layer,
      DeadLettersSqlite.layer,
      EchoesSqlite.layer,
      ImsgProcessLive.layer
    ).pipe(
      Layer.provideMerge(EventsLive.layer),
      Layer.provide([ProcessGroupLive.layer, MetricsLive.layer]),
      Layer.provide(Database.layer(path.join(stateDir, STORE_FILE))),
      Layer.provide(StateLockLive.layer(stateDir))
    )
  })
)

/** Sends a message, and waits for its end. */
export const sendAlone = (request: SendRequest) =>
  Effect.gen(function* () {
    const prepared = yield* prepare(request)
    const { account, delivery } = prepared
    const imsg = yield* ImsgProcess
    const journal = yield* Journal
    const context = yield* AccountContext.make(account)
    const { cliPath, dbPath, remoteHost, supervision } = account
    const session = yield* imsg.open({
      cliPath,
      dbPath,
      remoteHost,
      startTimeoutMs: supervision.startTimeoutMs
    })
    // A row that was there before cannot be evidence of this send.
    const rows = yield* recentRows(session, supervision.requestTimeoutMs)
    yield* Effect.forEach(rows, (row) => AccountContext.sawRow(context, cursorOf(row)), { discard: true })
    yield* context.link.connect(session)
    const now = yield* Clock.currentTimeMillis
    const deliver = makeDeliver(account.id, Effect.succeed(context))
    yield* deliver({ acceptedAt: now, delivery: { ...delivery, expiresAt: now + WITHIN_MS } })
    return resultOf(prepared, yield* journal.parts(delivery.id))
  }).pipe(Effect.scoped, Effect.provide(services))
