/** What the page knows of the gateway, and asks it for. Views show it; the connection keeps it up to date. */
import { computed, type Signal, signal } from "@preact/signals"
import type { ChatRecord } from "../schemas/control/Records.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { type AccountState, withState } from "./accountStates.ts"
import { api } from "./api.ts"
import { meansLost, notRunning, RequestFailed } from "./failure.ts"
import { type Connection, type Happened, listen } from "./live.ts"
import type { Names } from "./names.ts"
import { tellFailure } from "./notices.ts"
import { type ChatKey, isOfChat, isOfNewChat, type KnownChat } from "./ofChat.ts"
import { refresher } from "./refresher.ts"
import { type Route, routeOf } from "./route.ts"

/** What no event tells of, such as somebody's rejection by a command, is seen this often. */
const LOOK_AGAIN_MS = 10_000
/** What takes the gateway longer is asked for at most so often, however much happens. */
const SELDOM_MS = 5000
/** The chat that is open is read at most so often: the audit log has every time. */
const CHAT_MS = 3000
const CHATS = 100
const MESSAGES = 60
/** A row can be decided anew after a retry, and rows of others lie between. */
const DECISIONS = 200
const MOST_EVENTS = 200

export const connection = signal<Connection>({ state: "connecting" })
/** Since when the gateway has not been heard of, in Unix ms; undefined while it is. */
export const lostAt = signal<number | undefined>(undefined)
export const route = signal<Route>(routeOf(location.hash))
export const now = signal(Date.now())

/** Something that the gateway is asked for: the last answer, and why there is none newer. */
export interface Resource<A> {
  readonly value: Signal<A | undefined>
  readonly failure: Signal<RequestFailed | undefined>
  readonly ask: () => Promise<void>
}

const resource = <A>(
  ask: () => Promise<A>,
  { isLifeline = false, togetherMs }: { readonly isLifeline?: boolean; readonly togetherMs?: number } = {}
): Resource<A> => {
  const value = signal<A | undefined>(undefined)
  const failure = signal<RequestFailed | undefined>(undefined)
  const failed = (error: unknown): void => {
    if (!(error instanceof RequestFailed)) tellFailure(error)
    else if (meansLost(error, isLifeline)) live.suspect()
    else failure.value = error
  }
  const answered = async (): Promise<void> => {
    value.value = await ask()
    failure.value = undefined
  }
  return { value, failure, ask: refresher(answered, failed, togetherMs) }
}

export const status = resource(api.status, { isLifeline: true })
export const requests = resource(api.requests)
export const approvals = resource(api.approvals)
export const permissions = resource(api.permissions)
export const decisions = resource(api.decided)
export const letters = resource(api.letters)
export const deliveries = resource(api.deliveries)
export const agents = resource(api.agents)
export const config = resource(api.config)
export const figures = resource(() => api.figures(24, 48), { togetherMs: SELDOM_MS })

/** Accounts whose chats cannot be asked for now. */
export const unasked = signal<ReadonlyArray<{ readonly accountId: string; readonly why: RequestFailed }>>([])
/** The chats of all accounts whose child can be asked, last spoken in first; those of the others as they were. */
export const chats: Resource<ReadonlyArray<ChatRecord>> = resource(
  async () => {
    if (status.value.value === undefined) await status.ask()
    const accounts = (status.value.value?.accounts ?? []).filter(({ state }) => state !== "disabled")
    const asked = await Promise.all(
      accounts.map((account) =>
        account.state === "running"
          ? api.chats(account.id, CHATS).catch((why: unknown) => {
              if (why instanceof RequestFailed && !why.isUnreachable) return { accountId: account.id, why }
              throw why
            })
          : { accountId: account.id, why: notRunning(account) }
      )
    )
    unasked.value = asked.flatMap((one) => ("why" in one ? [one] : []))
    const before = chats.value.value ?? []
    return asked
      .flatMap((one) => ("why" in one ? before.filter(({ accountId }) => accountId === one.accountId) : one))
      .toSorted((one, other) => (other.lastMessageAt ?? 0) - (one.lastMessageAt ?? 0))
  },
  { togetherMs: 1000 }
)

/** The chat that is open. */
export const openChat = computed<ChatKey | undefined>(() =>
  route.value.view === "conversations" ? route.value.chat : undefined
)
/** What is known of a chat: its own, so that another one neither waits for it nor shows what failed here. */
const ofChat = (chat: ChatKey) => ({
  chat,
  history: resource(() => api.history(chat, MESSAGES), { togetherMs: CHAT_MS }),
  decisions: resource(() => api.decisions(chat, DECISIONS), { togetherMs: CHAT_MS })
})
export const opened = computed(() => (openChat.value === undefined ? undefined : ofChat(openChat.value)))

export const names = computed<Names>(() => ({
  people: config.value.value?.people ?? [],
  chats: chats.value.value ?? [],
  accounts: status.value.value?.accounts ?? [],
  agents: agents.value.value ?? []
}))

/** What happened, the newest first; a gap is a time in which the page was not listening. */
export type Line = Happened | { readonly at: number; readonly gap: true }
export const lines = signal<ReadonlyArray<Line>>([])
const addLine = (line: Line): void => {
  lines.value = [line, ...lines.value].slice(0, MOST_EVENTS)
}

let asking = 0
/** Asks for what was said and decided in the chat that is open. */
export const chatNow = async (): Promise<void> => {
  if (opened.value === undefined) return
  const { decisions, history } = opened.value
  asking++
  await Promise.all([history.ask(), decisions.ask()])
  asking--
}

/** What an event is held against. */
const knownOf = (chat: ChatKey): KnownChat => ({
  chat,
  record: names.value.chats.find(({ accountId, id }) => accountId === chat.accountId && id === chat.id),
  guids: new Set(
    [...(opened.value?.history.value.value ?? []), ...(opened.value?.decisions.value.value ?? [])].map(
      ({ guid }) => guid
    )
  ),
  isAsking: asking > 0
})

/** What a view needs beside what is always asked for. */
const ofView = (): ReadonlyArray<Resource<unknown>> => {
  switch (route.value.view) {
    case "overview":
      return [approvals, deliveries, figures]
    case "conversations":
      return [chats]
    case "agents":
      return [agents, decisions]
    case "config":
      return [config]
    case "deadletters":
    case "events":
      return []
  }
}

const everything = () =>
  Promise.all([status, requests, permissions, letters, ...ofView()].map(({ ask }) => ask()))

/** What an event may have changed. What an account's state changes is asked for in turn, by `accountChanged`. */
const CHANGED: Readonly<Record<GatewayEvent["_tag"], ReadonlyArray<Resource<unknown>>>> = {
  AccountState: [],
  ChildRestarted: [status],
  BridgeChanged: [status],
  MessageJudged: [status],
  TurnBegun: [status],
  TurnEnded: [status, deliveries, letters],
  AgentWorked: [],
  BudgetExceeded: [status],
  PartSettled: [status, deliveries],
  DeliveryEnded: [status, deliveries, letters],
  ChatPaused: [status],
  ChatResumed: [status],
  PermissionAsked: [permissions],
  PermissionDecided: [permissions, decisions],
  PairingRequested: [requests],
  PairingApproved: [requests, approvals],
  ConfigReloaded: [status, requests, approvals, agents, config],
  SignedIn: [],
  TokenRefused: [],
  SendAccepted: [status, deliveries]
}

/** What a message or a turn changes of the view that is open. */
const showProgress = (): void => {
  if (route.value.view === "conversations") void chats.ask()
  if (route.value.view === "overview") void figures.ask()
  if (route.value.view === "agents") void agents.ask()
}

/** Of which accounts chats can be asked stands in the status: what is asked before the next one goes by the event. */
const accountChanged = (event: AccountState, at: number): void => {
  const before = status.value.value
  if (before !== undefined)
    status.value.value = { ...before, accounts: withState(before.accounts, event, at) }
  void status.ask().then(chats.ask)
}

const happened = (what: Happened): void => {
  addLine(what)
  if (what.event._tag === "AccountState") accountChanged(what.event, what.at)
  for (const { ask } of CHANGED[what.event._tag]) void ask()
  if (openChat.value !== undefined && isOfChat(what.event, knownOf(openChat.value))) void chatNow()
  if (isOfNewChat(what.event, names.value)) void chats.ask()
  if (what.event._tag === "TurnEnded" || what.event._tag === "MessageJudged") showProgress()
}

let wasLive = false
const connected = (to: Connection): void => {
  connection.value = to
  if (to.state !== "live") {
    if (wasLive) lostAt.value ??= Date.now()
    return
  }
  lostAt.value = undefined
  if (wasLive && lines.value.length > 0) addLine({ at: Date.now(), gap: true })
  wasLive = true
  void everything()
  void Promise.all([config.ask(), agents.ask(), chats.ask()])
  void chatNow()
}

const live = listen(connected, happened)

export const isLive = computed(() => connection.value.state === "live")

/** Keeps the page up to date for as long as it is open. */
export const run = (): void => {
  const seen = () => !document.hidden && connection.value.state === "live"
  window.addEventListener("hashchange", () => {
    route.value = routeOf(location.hash)
    if (isLive.value) void everything()
    void chatNow()
  })
  setInterval(() => {
    now.value = Date.now()
  }, 1000)
  setInterval(() => {
    if (seen()) void everything()
  }, LOOK_AGAIN_MS)
  document.addEventListener("visibilitychange", () => {
    if (seen()) void everything()
  })
}
