/** What is looked up for the metrics when somebody asks for them. */
import { Effect } from "effect"
import type { AccountState } from "../../services/Accounts.ts"
import type { HostState } from "../../services/Hosts.ts"
import type { Sample } from "../../services/Metrics.ts"
import { status } from "./report.ts"

const STATES: ReadonlyArray<AccountState> = [
  "starting",
  "running",
  "backoff",
  "degraded",
  "stopped",
  "disabled"
]

/** Where there is but one host there is no label. */
const hostOf = (host: string | undefined): Sample["labels"] => (host === undefined ? {} : { host })

const isUp = (state: HostState): boolean => state === "here" || state === "up"

/** The samples as they are now. Times are in seconds, sizes in bytes. */
export const gauges = (startedAt: number) =>
  Effect.map(
    status(startedAt),
    ({ accounts, deliveries, hosts = [], pairing, paused, sessions, version }) => {
      const one = (name: string, help: string, value: number, labels: Sample["labels"] = {}): Sample => ({
        name,
        help,
        labels,
        value
      })
      const { rss } = process.memoryUsage()
      const { system, user } = process.cpuUsage()
      return [
        one("info", "1, with the version.", 1, { version }),
        one("start_time_seconds", "When the gateway was started, in Unix time.", startedAt / 1000),
        one("memory_bytes", "Resident memory of the gateway itself.", rss),
        one(
          "cpu_seconds",
          "Time of the processor that the gateway itself took.",
          (system + user) / 1_000_000
        ),
        ...accounts.flatMap(({ host, id, state }) =>
          STATES.map((name) =>
            one("account_state", "1 for the state that the account is in, else 0.", Number(name === state), {
              account: id,
              ...hostOf(host),
              state: name
            })
          )
        ),
        ...accounts.map(({ host, id, queued }) =>
          one("account_deliveries", "Replies that the account has in hand.", queued, {
            account: id,
            ...hostOf(host)
          })
        ),
        ...hosts.map(({ name, state }) =>
          one("host_up", "1 for a host of the cluster that is up, else 0.", Number(isUp(state)), {
            host: name
          })
        ),
        ...hosts.map(({ name, seenAt }) =>
          one(
            "host_seen_seconds",
            "When a host of the cluster was heard of last, in Unix time.",
            seenAt / 1000,
            {
              host: name
            }
          )
        ),
        one("sessions_busy", "Conversations in which messages wait or are being answered.", sessions.busy),
        one("queue_length", "What waits or is being worked on.", sessions.waiting, { queue: "messages" }),
        one("queue_length", "What waits or is being worked on.", deliveries.queued, { queue: "deliveries" }),
        one("pairing_pending", "Strangers who wait for approval.", pairing.pending),
        one(
          "paused_chats",
          "Chats that are paused, since they give the gateway's own words back.",
          paused.length
        ),
        one("dead_letters", "What failed for good, or may have.", sessions.dead, { kind: "turn" }),
        one("dead_letters", "What failed for good, or may have.", deliveries.dead, { kind: "delivery" }),
        one("dead_letters", "What failed for good, or may have.", deliveries.uncertain, { kind: "uncertain" })
      ]
    }
  )
