/** The status for people. */
import { oneLine } from "../../../layers/terminal/harmless.ts"
import { type Look, PLAIN, type Style, styled } from "../../../layers/terminal/look.ts"
import { BRIDGE_HINT, bridgeInWords } from "../../../schemas/bridgeWords.ts"
import type { AccountReport, HostReport, KnownStatus, Status } from "../../../schemas/control/Status.ts"
import { apart, inWords } from "../../../schemas/inWords.ts"
import { accountInWords, accountNamed, beside } from "../../../schemas/naming.ts"
import { table } from "./table.ts"

const ago = (at: number | null, now: number): string => (at === null ? "–" : `${inWords(now - at)} ago`)

const count = (number: number, one: string, many: string): string =>
  number === 1 ? `1 ${one}` : `${number} ${many}`

/** `queued` is not known without the store. */
type Account = KnownStatus["accounts"][number] & { readonly queued?: number }

const restartsOf = ({ lastRestart, restarts }: Account): string =>
  lastRestart === null ? String(restarts) : `${restarts} (${lastRestart.reason})`

/** `inCluster` says the host of each. */
const row = (account: Account, now: number, inCluster: boolean): ReadonlyArray<string> => [
  accountInWords(account),
  ...(inCluster ? [account.host ?? "–"] : []),
  account.state,
  inWords(now - account.since),
  restartsOf(account),
  ago(account.lastInboundAt, now),
  ago(account.lastOutboundAt, now),
  String(account.queued ?? "–")
]

/** What has come and is not judged yet. */
const waitingOf = (account: Account): ReadonlyArray<string> => {
  const { waitingRows } = account
  return waitingRows === 0
    ? []
    : [
        "",
        `${accountInWords(account)}: ${count(waitingRows, "message that came waits", "messages that came wait")} for a chat or a file that Messages writes later.`
      ]
}

/** Clocks that differ: what is too old to be answered is told by them. */
const clockOf = (account: Account): ReadonlyArray<string> =>
  account.clockBehindMs === 0
    ? []
    : [
        "",
        `${accountInWords(account)}: the clock of its Mac is ${apart(account.clockBehindMs)} this one`,
        "  Let both machines set their time by the network. Until then the difference is taken into account."
      ]

/** The private bridge of imsg; most have none, and are told nothing. */
const bridgeOf = (account: Account): ReadonlyArray<string> => {
  const { bridge } = account
  if (bridge === null || bridge.state === "absent") return []
  return [
    "",
    `${accountInWords(account)}: bridge: ${oneLine(bridgeInWords(bridge))}`,
    ...(bridge.state === "broken" ? [`  ${BRIDGE_HINT}`] : [])
  ]
}

/** What is wrong with an account, and what to do; of one that does not run and has no error, why not. */
const troubleOf = (account: Account): ReadonlyArray<string> => {
  const { lastError, reason, state } = account
  const id = accountInWords(account)
  if (lastError !== null) return ["", `${id}: ${oneLine(lastError.message)}`, `  ${oneLine(lastError.hint)}`]
  return state === "running" || state === "disabled" ? [] : ["", `${id}: ${oneLine(reason)}`]
}

/** What is not answered for now, and why. */
const overBudget = ({ accounts, budgets }: Status, now: number): ReadonlyArray<string> =>
  budgets.map(
    ({ accountId, budget, dropped, name, since, subject }) =>
      `${oneLine(beside(name, subject))}, of ${accountNamed(accounts, accountId)}, has used up messages.budget.${budget} ${inWords(now - since)} ago: ${count(dropped, "turn was", "turns were")} not begun.`
  )

/** A chat that is paused, until when, and how it is resumed. */
const pausedNote = (
  { accountId, chat, name, times, until }: Status["paused"][number],
  accounts: Status["accounts"],
  now: number
): string => {
  const left = until === null ? "until you resume it" : `for ${inWords(until - now)}`
  const why = times === 0 ? "is" : "gives the gateway's own words back, and is"
  return `${oneLine(beside(name, chat))} of ${accountNamed(accounts, accountId)} ${why} paused ${left}: imsg-gateway chats resume --chat ${oneLine(chat)} --account ${accountId}`
}

const notes = (
  { accounts, deliveries, paused, pairing, permissions, sessions }: Status,
  now: number
): ReadonlyArray<string> => [
  ...paused.map((chat) => pausedNote(chat, accounts, now)),
  ...(sessions.waiting === 0
    ? []
    : [
        `${count(sessions.waiting, "message waits", "messages wait")} for an answer, in ${count(sessions.busy, "conversation", "conversations")}.`
      ]),
  ...(deliveries.queued === 0
    ? []
    : [`${count(deliveries.queued, "reply waits or is", "replies wait or are")} being sent.`]),
  ...(pairing.pending === 0
    ? []
    : [
        `${count(pairing.pending, "person waits", "people wait")} for approval: imsg-gateway pairing list imessage`
      ]),
  ...(permissions.waiting === 0
    ? []
    : [
        `${count(permissions.waiting, "request of an agent waits", "requests of agents wait")} for your leave: imsg-gateway permissions list`
      ]),
  ...(deliveries.uncertain === 0
    ? []
    : [
        `${count(deliveries.uncertain, "reply", "replies")} may or may not have been sent: imsg-gateway deadletters list`
      ]),
  ...(deliveries.dead + sessions.dead === 0
    ? []
    : [
        `${count(deliveries.dead + sessions.dead, "reply or turn", "replies and turns")} failed for good: imsg-gateway deadletters list`
      ])
]

const STATES: { readonly [state in AccountReport["state"]]: Style } = {
  running: "green",
  starting: "yellow",
  backoff: "yellow",
  degraded: "red",
  stopped: "red",
  disabled: "dim"
}

/** The lines of the table, each account's with its state in the state's colour. */
const inColours = (lines: string, accounts: ReadonlyArray<Account>, look: Look): string =>
  lines
    .split("\n")
    .map((line, index) => {
      const state = accounts[index - 1]?.state
      // The last word of that name would be an account's own.
      return state === undefined
        ? line
        : line.replace(`  ${state} `, `  ${styled(look, STATES[state], state)} `)
    })
    .join("\n")

/** How long its clock may be off, in ms, before it is said. */
const CLOCK_TOLERANCE_MS = 2000

const hostRow = (
  { address, name, seenAt, startedAt, state, version }: HostReport,
  accounts: Status["accounts"],
  now: number
): ReadonlyArray<string> => [
  name,
  state,
  state === "here" || state === "up" ? inWords(now - startedAt) : ago(seenAt, now),
  accounts
    .filter(({ host }) => host === name)
    .map(({ id }) => id)
    .join(", "),
  version,
  address
]

/** The hosts of a cluster, and what is wrong with one. */
const hostsOf = ({ accounts, hosts = [] }: Status, now: number, look: Look): ReadonlyArray<string> =>
  hosts.length === 0
    ? []
    : [
        table(
          [
            ["HOST", "STATE", "UP OR SEEN", "ACCOUNTS", "VERSION", "ADDRESS"],
            ...hosts.map((host) => hostRow(host, accounts, now))
          ],
          look
        ),
        "",
        ...hosts.flatMap(({ clockBehindMs, name, state }) =>
          Math.abs(clockBehindMs) <= CLOCK_TOLERANCE_MS || state === "stopped"
            ? []
            : [
                `${name}: its clock is ${apart(clockBehindMs)} the database's`,
                "  Let both machines set their time by the network.",
                ""
              ]
        )
      ]

const COLUMNS = ["STATE", "FOR", "RESTARTS", "LAST IN", "LAST OUT", "QUEUED"]

const headOf = ({ pid, startedAt, version }: KnownStatus, now: number): string =>
  `imsg-gateway ${version}, pid ${pid}, up ${inWords(now - startedAt)}`

/** The accounts in a table, and what there is to say of each. */
const accountsOf = (
  accounts: ReadonlyArray<Account>,
  inCluster: boolean,
  now: number,
  look: Look
): ReadonlyArray<string> => {
  const head = ["ACCOUNT", ...(inCluster ? ["HOST"] : []), ...COLUMNS]
  const rows = accounts.map((account) => row(account, now, inCluster))
  return [
    inColours(table([head, ...rows], look), accounts, look),
    ...accounts.flatMap(troubleOf),
    ...accounts.flatMap(waitingOf),
    ...accounts.flatMap(clockOf),
    ...accounts.flatMap(bridgeOf)
  ]
}

/** What a gateway knows whose store says nothing. `now` is in Unix ms. */
export const showKnown = (known: KnownStatus, now: number, look: Look = PLAIN): string =>
  [
    headOf(known, now),
    "",
    ...accountsOf(
      known.accounts,
      known.accounts.some(({ host }) => host !== undefined),
      now,
      look
    )
  ].join("\n")

/** The whole of it. `now` is in Unix ms. */
export const showStatus = (status: Status, now: number, look: Look = PLAIN): string => {
  const more = [...overBudget(status, now), ...notes(status, now)]
  return [
    headOf(status, now),
    "",
    ...hostsOf(status, now, look),
    ...accountsOf(status.accounts, status.hosts !== undefined, now, look),
    ...(more.length === 0 ? [] : ["", ...more])
  ].join("\n")
}
