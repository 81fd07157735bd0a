/** What the control server answers. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect, Layer, type Ref, Stream } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { StatusUnavailable } from "../../schemas/control/failures.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import { idOf, kindOf as letterKind } from "../../schemas/DeadLetter.ts"
import { AccountNotFound } from "../../schemas/errors/config.ts"
import { AccountDisabled, PathNotOpen, RequestInvalid } from "../../schemas/errors/control.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { isAdmin } from "../../schemas/Grant.ts"
import { handlesOf } from "../../schemas/People.ts"
import { print } from "../../schemas/Target.ts"
import { Accounts } from "../../services/Accounts.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { Audit } from "../../services/Audit.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { Conversations } from "../../services/Conversations.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { LateReplies } from "../../services/LateReplies.ts"
import { Metrics } from "../../services/Metrics.ts"
import { Outbox } from "../../services/Outbox.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { PausedChats } from "../../services/PausedChats.ts"
import * as conversationRecords from "../conversations/records.ts"
import { summary, words } from "../deadLetters/records.ts"
import { reloadConfig } from "../gateway/reloadConfig.ts"
import type { Lanes } from "../sending/Lanes.ts"
import { EVERY_FILE } from "../sending/prepare.ts"
import { type Asker, sendThroughGateway } from "../sending/throughGateway.ts"
import type { Uploads } from "../sending/uploads.ts"
import { overview } from "./agents.ts"
import { chats } from "./chats.ts"
import { serverSentEvents } from "./events.ts"
import { found, foundOrNot, foundOrRefused, refused, refusedOrNot, told, unavailable } from "./failures.ts"
import { gauges } from "./gauges.ts"
import * as InScopeLive from "./inScope.ts"
import * as mcp from "./mcp.ts"
import * as openApi from "./openApi.ts"
import { permissions } from "./permissions.ts"
import { refusals } from "./refusals.ts"
import { health, knownStatus, pausedReport, status } from "./report.ts"
import { tools } from "./tools.ts"

/** Replies, parts and conversations that a list shows. */
const MOST = 100

const restartAccount = (id: string) =>
  Effect.gen(function* () {
    const { accounts } = yield* currentConfig
    const account = accounts.find((one) => one.id === id)
    if (account === undefined) {
      return yield* new AccountNotFound({ account: id, known: accounts.map((one) => one.id) })
    }
    if (!account.enabled) return yield* new AccountDisabled({ account: id })
    yield* (yield* Accounts).restart(id)
  })

/** What the servers of one gateway share. */
export interface Served {
  /** When the gateway was started, in Unix ms. */
  readonly startedAt: number
  /** Requests to send, by the names of their deliveries. */
  readonly sends: Lanes
  readonly uploads: Uploads
  /** How many listen to events. */
  readonly listeners: Ref.Ref<number>
}

/** The way on which a server is asked. Who has the socket is the gateway's user; who has the token need not be. */
export type Way = Exclude<Asker["via"], "tool">

/** Files that may be sent: of the gateway's user all, of others, and over TCP, those that agents may send too, and what was uploaded. */
const rootsOf = (way: Way, { files = [] }: SendRequest, uploads: Uploads) =>
  Effect.gen(function* () {
    if (way === "socket" && isAdmin(yield* AskedWith)) return EVERY_FILE.mediaRoots
    const { agents } = yield* currentConfig
    return [...agents.list.flatMap(({ mediaRoots }) => mediaRoots), ...(yield* uploads.folders(files))]
  })

const send = ({ sends, uploads }: Served, way: Way, request: SendRequest) =>
  Effect.gen(function* () {
    const mediaRoots = yield* rootsOf(way, request, uploads)
    const asker = { via: way, mediaRoots, locate: uploads.locate }
    const result = yield* sendThroughGateway(sends, asker, request).pipe(
      Effect.catchTag("MediaRejected", (error) =>
        Effect.fail(
          way === "web" && error.reason === "outside-roots" ? new PathNotOpen({ path: error.source }) : error
        )
      )
    )
    yield* uploads.forget(request.files ?? [])
    return result
  })

/** A store that cannot be read keeps nobody from hearing how the accounts of this host are. */
const withWhatIsKnown =
  (startedAt: number) =>
  ({ code, hint, message }: StoreUnavailable) =>
    Effect.flatMap(knownStatus(startedAt), (known) => new StatusUnavailable({ code, hint, message, known }))

const brokenOff = () => new RequestInvalid({ detail: "the file broke off before its end" })

const gateway = (served: Served, way: Way) => {
  const { listeners, startedAt, uploads } = served
  return HttpApiBuilder.group(ControlApi, "gateway", (handlers) =>
    handlers
      .handle("health", () =>
        Effect.filterOrFail(
          health,
          (report) => report.status === "ok",
          (report) => report
        )
      )
      .handle("status", () => Effect.catchAll(status(startedAt), withWhatIsKnown(startedAt)))
      .handle("metrics", () =>
        unavailable(
          Effect.flatMap(gauges(startedAt), (samples) =>
            Effect.flatMap(Metrics, ({ render }) => render(samples))
          )
        )
      )
      .handleRaw("events", ({ urlParams: { bodies } }) =>
        unavailable(serverSentEvents(listeners, { bodies: bodies === "true" }))
      )
      .handle("send", ({ payload }) => told(send(served, way, payload)))
      .handleRaw("upload", ({ request, urlParams: { name } }) =>
        refusedOrNot(uploads.receive(name, Stream.mapError(request.stream, brokenOff)))
      )
      .handle("reply", ({ path: { id }, payload }) =>
        found(Effect.flatMap(LateReplies, ({ give }) => give(id, payload)))
      )
      .handle("reload", () => refused(reloadConfig))
      .handle("restart", ({ path: { id } }) => foundOrRefused(restartAccount(id)))
      .handle("resumeChat", ({ payload }) =>
        foundOrNot(
          Effect.gen(function* () {
            const { people } = yield* currentConfig
            return pausedReport(people)(yield* (yield* PausedChats).resume(payload))
          })
        )
      )
      .handle("deliveries", () =>
        unavailable(
          Effect.gen(function* () {
            const outbox = yield* Outbox
            const waiting = yield* outbox.waiting(MOST)
            return {
              waiting: waiting.map(({ target, ...rest }) => ({ ...rest, target: print(target) })),
              settled: yield* outbox.settled(MOST)
            }
          })
        )
      )
  )
}

const pairing = HttpApiBuilder.group(ControlApi, "pairing", (handlers) =>
  Effect.map(PairingStore, (store) =>
    handlers
      .handle("pending", () => foundOrNot(store.pending))
      .handle("approvals", () => foundOrNot(store.approvals))
      .handle("approve", ({ path }) => foundOrNot(store.approve(path.code)))
      .handle("reject", ({ path }) => foundOrNot(store.reject(path.code)))
      .handle("revoke", ({ payload: { accountId, sender } }) =>
        foundOrNot(
          Effect.flatMap(currentConfig, ({ people }) =>
            store.revoke(handlesOf(people, sender).map((handle) => ({ accountId, sender: handle })))
          )
        )
      )
  )
)

/** A letter with what was said, which the audit log hears of. */
const shownLetter = (number: number) =>
  Effect.gen(function* () {
    const letter = yield* (yield* DeadLetters).get(number)
    yield* (yield* Audit).record({ _tag: "DeadLetterShown", number })
    const isDelivery = letterKind(letter.content) === "Delivery"
    return words(letter, isDelivery ? yield* (yield* Outbox).parts(idOf(letter.content)) : [])
  })

const deadLetters = HttpApiBuilder.group(ControlApi, "deadletters", (handlers) =>
  Effect.map(DeadLetters, (letters) =>
    handlers
      .handle("letters", () => told(Effect.map(letters.all, (all) => all.map(summary))))
      .handle("letter", ({ path }) => told(shownLetter(path.id)))
      .handle("retry", ({ path, payload }) =>
        told(Effect.map(letters.retry(path.id, { anyway: payload.anyway ?? false }), summary))
      )
      .handle("drop", ({ path }) => told(Effect.map(letters.drop(path.id), summary)))
  )
)

const conversations = HttpApiBuilder.group(ControlApi, "conversations", (handlers) =>
  Effect.map(Conversations, ({ clear, list, show }) => {
    const people = Effect.map(currentConfig, (config) => config.people)
    return handlers
      .handle("conversations", () =>
        foundOrNot(
          Effect.zipWith(list(MOST), people, (all, known) =>
            all.map((one) => conversationRecords.summary(one, known))
          )
        )
      )
      .handle("conversation", ({ path }) =>
        foundOrNot(Effect.zipWith(show(path.id), people, conversationRecords.details))
      )
      .handle("clear", ({ path }) =>
        foundOrNot(Effect.zipWith(clear(path.id), people, conversationRecords.summary))
      )
  })
)

/** The API over the services of the gateway, as it is asked on one way. */
export const api = (served: Served, way: Way) =>
  Layer.provide(HttpApiBuilder.api(ControlApi), [
    gateway(served, way),
    pairing,
    deadLetters,
    conversations,
    chats,
    overview,
    permissions,
    tools,
    refusals
  ]).pipe(Layer.provide(InScopeLive.layer), Layer.provide([openApi.layer, mcp.layer]))
