/**
 * Sending where no gateway runs: with a child of its own, through the same delivery. What is sent is written down in the
 * gateway's store, so that the gateway knows it again when it comes back.
 */
import { Path } from "@effect/platform"
import { Clock, Deferred, Effect, Layer, Option, Stream } from "effect"
import * as AuditSql from "../../layers/audit/AuditSql.ts"
import * as ChunkerLive from "../../layers/chunker/ChunkerLive.ts"
import * as StoreHealthSql from "../../layers/database/StoreHealthSql.ts"
import * as DeadLettersSql from "../../layers/deadLetters/DeadLettersSql.ts"
import * as EchoesSql from "../../layers/echoes/EchoesSql.ts"
import * as AccountsLive from "../../layers/events/AccountsLive.ts"
import * as EventsLive from "../../layers/events/EventsLive.ts"
import * as ImsgProcessLive from "../../layers/imsg/ImsgProcessLive.ts"
import * as OutboundFilesLive from "../../layers/media/OutboundFilesLive.ts"
import * as MetricsLive from "../../layers/metrics/MetricsLive.ts"
import * as OutboxSql from "../../layers/outbox/OutboxSql.ts"
import * as LifecycleLive from "../../layers/process/LifecycleLive.ts"
import * as ProcessGroupLive from "../../layers/process/ProcessGroupLive.ts"
import * as StateLockLive from "../../layers/process/StateLockLive.ts"
import * as DatabaseSqlite from "../../layers/sqlite/DatabaseSqlite.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import { UNCERTAIN } from "../../schemas/DeadLetter.ts"
import { isFinal } from "../../schemas/Delivery.ts"
import { STORE_FILE } from "../../schemas/storeFile.ts"
import { onBehalfOfShard } from "../../services/ActsFor.ts"
import { Audit } from "../../services/Audit.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { ImsgProcess, type OpenError, openOptions, type RequestError } from "../../services/ImsgProcess.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { type OpenDelivery, Outbox } from "../../services/Outbox.ts"
import { StoreHealth } from "../../services/StoreHealth.ts"
import * as AccountContext from "../account/AccountContext.ts"
import { cursorOf, recentRows } from "../account/chatdb/recentRows.ts"
import { bury } from "../account/outbox/bury.ts"
import { lookForUnseen, releaseConfirmed } from "../account/outbox/confirmSends.ts"
import { givenUp, makeCarry } from "../account/outbox/sender.ts"
import { commandLineUser } from "../commands/cli/commandLineUser.ts"
import { type Judged, judge, sentByHand, stage } from "./prepare.ts"
import { resultOf } from "./result.ts"

/** How long is tried what a person waits for, in ms. */
const WITHIN_MS = 60_000
/** The pause before a child that ended has a successor. */
const AGAIN_AFTER = "500 millis"
/** The pause between two looks for the rows of what was sent. */
const LOOK_EVERY = "300 millis"
/** The code of a delivery that ended before all of its parts were tried. */
const NOT_TRIED = "not_tried"

/** Loaded where several hosts share the store. */
const clusterPart = Effect.promise(() => import("./clusterPart.ts"))

/** The store, and where files are kept that it knows of. */
const storeOf = ({ cluster, stateDir }: Pick<GatewayConfig, "cluster" | "stateDir">) =>
  cluster === undefined
    ? Effect.map(Path.Path, (path) => ({
        database: DatabaseSqlite.layer(path.join(stateDir, STORE_FILE)),
        outboundFiles: OutboundFilesLive.layer(stateDir)
      }))
    : Effect.map(clusterPart, (part) => ({
        database: part.database(cluster),
        outboundFiles: part.outboundFiles(stateDir)
      }))

/** The services of a delivery on the state folder, which no gateway may use meanwhile. */
const services = Layer.unwrapEffect(
  Effect.gen(function* () {
    const config = yield* currentConfig
    const { database, outboundFiles } = yield* storeOf(config)
    return Layer.mergeAll(
      AccountsLive.layer,
      AuditSql.layer,
      ChunkerLive.layer,
      LifecycleLive.layer,
      outboundFiles,
      OutboxSql.layer,
      DeadLettersSql.layer,
      EchoesSql.layer,
      StoreHealthSql.layer,
      ImsgProcessLive.layer,
      commandLineUser
    ).pipe(
      Layer.provideMerge(EventsLive.layer),
      Layer.provide([ProcessGroupLive.layer, MetricsLive.layer]),
      Layer.provideMerge(database),
      Layer.provide(StateLockLive.layer(config.stateDir))
    )
  })
)

/** Keeps a child at hand for as long as the scope: a delivery settles what it lost by asking the next one. */
const keepChild = (context: AccountContext.AccountContext) =>
  Effect.gen(function* () {
    const imsg = yield* ImsgProcess
    const { supervision } = context.account
    const opened = yield* Deferred.make<void, OpenError | RequestError>()
    const child = Effect.gen(function* () {
      const session = yield* imsg.open(openOptions(context.account))
      // A row that was there before cannot be evidence of this send.
      const rows = yield* recentRows(session, supervision.requestTimeoutMs)
      yield* Effect.forEach(rows, (row) => AccountContext.sawRow(context, cursorOf(row)), { discard: true })
      const condemned = yield* context.link.connect(session)
      yield* Effect.addFinalizer(() => context.link.disconnect)
      yield* Deferred.succeed(opened, undefined)
      return yield* Effect.raceFirst(session.ended, condemned)
    }).pipe(
      Effect.scoped,
      // The first failure is the command's own; later ones are waited out.
      Effect.catchAll((error) => Deferred.fail(opened, error)),
      Effect.zipRight(Effect.sleep(AGAIN_AFTER))
    )
    yield* Effect.forkScoped(Effect.forever(child))
    yield* Deferred.await(opened)
  })

/**
 * What has no end when the command ends is kept to be looked at, as the gateway does it: what was being sent may have
 * been, what was not tried was not. Where no part ever was under way there is nothing to look at.
 */
const leaveOpen = (open: OpenDelivery, detail: string) =>
  Effect.gen(function* () {
    const { delivery } = open
    const outbox = yield* Outbox
    const outboundFiles = yield* OutboundFiles
    const records = yield* outbox.parts(delivery.id)
    const isUntried = records.every(({ state }) => state._tag === "Queued")
    const left = records.filter(({ state }) => !isFinal(state))
    yield* outbox.putParts(delivery, left.map(givenUp(detail)))
    yield* outbox.end(open)
    if (isUntried) return yield* outboundFiles.release(delivery.id)
    if (left.length === 0) return
    const isUncertain = left.some(({ state }) => state._tag === "Sending")
    yield* bury(delivery, { code: isUncertain ? UNCERTAIN : NOT_TRIED, message: detail })
  })

/** How many children there have been. */
const childrenOf = ({ link }: AccountContext.AccountContext) =>
  Effect.map(
    Stream.runHead(link.connections),
    Option.getOrElse(() => 0)
  )

/** Waits until there have been more children than so many. */
const childAfter = ({ link }: AccountContext.AccountContext, count: number) =>
  link.connections.pipe(
    Stream.filter((now) => now > count),
    Stream.runHead,
    Effect.asVoid
  )

/** No watch brings the rows of what was sent: they are looked for until they are there, or in doubt. */
const awaitRows = (context: AccountContext.AccountContext) =>
  Effect.gen(function* () {
    const giveUpAt = (yield* Clock.currentTimeMillis) + context.account.delivery.settleMs
    while (context.confirmations.unseen(giveUpAt).length > 0) {
      const isLast = (yield* Clock.currentTimeMillis) >= giveUpAt
      yield* lookForUnseen(context, giveUpAt, isLast)
      if (isLast) return
      yield* Effect.sleep(LOOK_EVERY)
    }
  })

/** Carries a delivery out to its end, whatever it has to wait for. */
const carryToEnd = (context: AccountContext.AccountContext, open: OpenDelivery) => {
  const carry = makeCarry(Effect.succeed(context))
  const goOn = (from: OpenDelivery): ReturnType<typeof carry> =>
    Effect.gen(function* () {
      const children = yield* childrenOf(context)
      const carried = yield* carry(from)
      if (carried._tag === "Ended") return carried
      const waitMs = carried.until - (yield* Clock.currentTimeMillis)
      // Another child may come before that.
      yield* Effect.raceFirst(Effect.sleep(waitMs), childAfter(context, children))
      return yield* goOn(carried.open)
    })
  return goOn(open)
}

/** Accepts a message, once there is a child that can send it. */
const begin = (context: AccountContext.AccountContext, judged: Judged) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    const outbox = yield* Outbox
    const outboundFiles = yield* OutboundFiles
    const delivery = yield* stage(judged)
    yield* keepChild(context).pipe(Effect.onError(() => outboundFiles.release(delivery.id)))
    yield* audit.record(sentByHand(judged))
    const now = yield* Clock.currentTimeMillis
    const open = yield* outbox.accept(delivery, { giveUpAt: now + WITHIN_MS })
    return yield* Effect.orDie(open)
  })

/** Sends what was judged, and waits for its end; one of its name that waits is carried on. */
const send = (judged: Judged) =>
  Effect.gen(function* () {
    const { account, id } = judged
    const outbox = yield* Outbox
    const context = yield* AccountContext.make(account)
    const result = Effect.map(outbox.parts(id), (records) => resultOf(judged, records))
    const known = yield* outbox.find({ accountId: account.id, id })
    // Its end stands, and its files are not to be touched.
    if (Option.isNone(known) && (yield* outbox.isAccepted({ accountId: account.id, id })))
      return yield* result
    const open = Option.isSome(known) ? known.value : yield* begin(context, judged)
    if (Option.isSome(known)) yield* keepChild(context)
    yield* carryToEnd(context, open).pipe(
      Effect.timeoutOption(WITHIN_MS + account.supervision.sendTimeoutMs + account.delivery.settleMs),
      // A delivery over a store that is corrupt has no end.
      Effect.raceFirst((yield* StoreHealth).corrupted),
      Effect.zipRight(leaveOpen(open, `its end was not known within ${WITHIN_MS} ms`)),
      Effect.onInterrupt(() =>
        Effect.catchAllCause(leaveOpen(open, "the command was interrupted"), (cause) =>
          Effect.logError("what became of the parts could not be written down", cause)
        )
      )
    )
    yield* awaitRows(context)
    yield* releaseConfirmed(context)
    return yield* result
  }).pipe(Effect.scoped)

/** Sends a message, and waits for its end. Where hosts share the store it is refused while one of them has the account. */
export const sendAlone = (request: SendRequest) =>
  Effect.gen(function* () {
    const judged = yield* judge(request)
    const { cluster } = yield* currentConfig
    if (cluster === undefined) return yield* send(judged)
    const { takeAccount } = yield* clusterPart
    const shard = yield* takeAccount(cluster, judged.account)
    return yield* onBehalfOfShard(shard)(send(judged))
  }).pipe(Effect.scoped, Effect.provide(services))
