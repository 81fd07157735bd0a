/** The page: asks for what is shown, listens to what changes, and asks again. */

import type { ConfigChange } from "../schemas/control/Status.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { showAccounts } from "./accounts.ts"
import { api, RequestFailed } from "./api.ts"
import { showDeliveries } from "./deliveries.ts"
import { byId, refreshTimes, runOnClick, setText } from "./dom.ts"
import { showEvent, showGap } from "./events.ts"
import { letterList } from "./letters.ts"
import { type Connection, listen } from "./live.ts"
import { attempt, tellFailure } from "./notice.ts"
import { pairingLists } from "./pairing.ts"
import { pausedList } from "./paused.ts"
import { refresher } from "./refresher.ts"
import { spanOf, summaryOf } from "./words.ts"

/** What no event tells of, such as somebody's rejection by a command, is seen this often. */
const LOOK_AGAIN_MS = 10_000
const TIMES_MS = 1000

const summary = byId("summary", HTMLParagraphElement)
const connection = byId("connection", HTMLParagraphElement)
const connectionWords = byId("connection-words", HTMLSpanElement)

const failed = (error: unknown): void => {
  if (error instanceof RequestFailed && error.status === 0) live.suspect()
  else tellFailure(error)
}

const showPaused = pausedList(() => status())
const status = refresher(async () => {
  const now = await api.status()
  setText(summary, summaryOf(now))
  showAccounts(now.accounts)
  showPaused(now.paused)
}, failed)

const { showPeople, showRequests } = pairingLists(() => pairing())
const pairing = refresher(async () => {
  const [requests, approvals] = await Promise.all([api.requests(), api.approvals()])
  showRequests(requests)
  showPeople(approvals)
}, failed)

const deliveries = refresher(async () => showDeliveries(await api.deliveries()), failed)

const showLetters = letterList(() => letters())
const letters = refresher(async () => showLetters(await api.letters()), failed)

const everything = () => Promise.all([status(), pairing(), deliveries(), letters()])

/** What an event may have changed. */
const CHANGED: Readonly<Record<GatewayEvent["_tag"], ReadonlyArray<() => Promise<void>>>> = {
  AccountState: [status],
  ChildRestarted: [status],
  MessageJudged: [status],
  TurnBegun: [],
  TurnEnded: [status, deliveries, letters],
  BudgetExceeded: [status],
  PartSettled: [status, deliveries],
  DeliveryEnded: [status, deliveries, letters],
  ChatPaused: [status],
  ChatResumed: [status],
  PairingRequested: [pairing],
  PairingApproved: [pairing],
  ConfigReloaded: [status, pairing],
  SignedIn: [],
  TokenRefused: [],
  SendAccepted: [status, deliveries]
}

const CONNECTION_WORDS = { connecting: "connecting", live: "live", reconnecting: "reconnecting" }

let wasLive = false
const connected = (to: Connection): void => {
  connection.dataset.state = to.state
  connection.title = to.state === "reconnecting" ? `the next try is in ${spanOf(to.inMs)}` : ""
  setText(connectionWords, CONNECTION_WORDS[to.state])
  if (to.state !== "live") return
  if (wasLive) showGap()
  wasLive = true
  void everything()
}

const live = listen(connected, (happened) => {
  showEvent(happened)
  for (const refresh of CHANGED[happened.event._tag]) void refresh()
})

const changeWords = ({ added, changed, others, removed }: ConfigChange): string => {
  const words = [
    ...added.map((id) => `${id} added`),
    ...removed.map((id) => `${id} removed`),
    ...changed.map((id) => `${id} changed`),
    ...(others ? ["other settings changed"] : [])
  ]
  return words.length === 0
    ? "The config was read again: nothing is different."
    : `The config was read again: ${words.join(", ")}.`
}

runOnClick(byId("reload", HTMLButtonElement), () => attempt(async () => changeWords(await api.reload())))
runOnClick(byId("logout", HTMLButtonElement), async () => {
  try {
    await api.logout()
    location.replace("/login")
  } catch (error) {
    tellFailure(error)
  }
})

setInterval(refreshTimes, TIMES_MS)
setInterval(() => {
  if (!document.hidden && connection.dataset.state === "live") void everything()
}, LOOK_AGAIN_MS)
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && connection.dataset.state === "live") void everything()
})
