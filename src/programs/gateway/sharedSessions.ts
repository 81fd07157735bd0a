/** Whether people who are let in share a session without anybody having chosen it. */
import { Array as Arr, Effect } from "effect"
import { agentFor } from "../../layers/router/bindings.ts"
import { guisesOf } from "../../layers/router/names.ts"
import { isWildcard } from "../../schemas/AllowList.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import { personOf } from "../../schemas/People.ts"
import { type MessageService, readPrefixes } from "../../schemas/Target.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { type PairingApproval, PairingStore } from "../../services/PairingStore.ts"

/** What there is to do about it. */
export const REMEDY =
  'Set session.dmScope to "per-channel-peer", so that each has a session of their own; or to "main", if it is meant to be so.'

/** An agent whose session more than one person shares. `people` are those who are known by name. */
export interface SharedSession {
  readonly agentId: string
  readonly people: number
  readonly isForEveryone: boolean
}

/** Somebody who is let in, or those of one entry. `handle` is empty where nobody's is known. */
interface Admitted {
  readonly account: AccountConfig
  readonly handle: string
  /** The service that they are let in by; where they are by every one, that which most write by. */
  readonly via: MessageService
  /** What is different for different people; none for everyone. */
  readonly person: string | undefined
}

const admittedTo = (
  { people }: GatewayConfig,
  account: AccountConfig,
  approved: ReadonlyArray<string>
): ReadonlyArray<Admitted> => {
  if (!account.enabled || account.dmPolicy === "disabled") return []
  const byHandle = (handle: string, via: MessageService = "imessage") => ({
    account,
    handle,
    via,
    person: personOf(people, handle)?.name ?? handle
  })
  const listed = account.allowFrom.map((entry) => {
    if (isWildcard(entry)) return { account, handle: "", via: "imessage" as const, person: undefined }
    const written = readPrefixes(entry)
    return written._tag === "Chat"
      ? { account, handle: "", via: "imessage" as const, person: entry }
      : byHandle(
          normaliseHandle(written.text, account.region),
          written.services.includes("sms") ? "sms" : "imessage"
        )
  })
  return [...listed, ...(account.dmPolicy === "pairing" ? approved.map((handle) => byHandle(handle)) : [])]
}

/** A direct message of somebody, as far as it decides which agent answers. */
const messageOf = ({ account, handle, via }: Admitted) => ({
  accountId: account.id,
  via,
  rowId: 0,
  cursor: 0,
  guid: "",
  service: account.service,
  isGroup: false,
  isFromMe: false,
  isReaction: false,
  sender: handle,
  text: "",
  attachments: []
})

const agentOf = (config: GatewayConfig, admitted: Admitted): string =>
  agentFor(config, admitted.account, guisesOf(config.people, messageOf(admitted)), undefined)

type Approvals = ReadonlyArray<Pick<PairingApproval, "accountId" | "sender">>

/** The agents to which more than one person may write directly: under `main` these share a session. */
export const agentsOfSeveral = (
  config: GatewayConfig,
  approvals: Approvals
): ReadonlyArray<SharedSession> => {
  const admitted = config.accounts.flatMap((account) =>
    admittedTo(
      config,
      account,
      approvals.filter(({ accountId }) => accountId === account.id).map(({ sender }) => sender)
    )
  )
  const byAgent = Arr.groupBy(admitted, (each) => agentOf(config, each))
  return Object.entries(byAgent).flatMap(([agentId, theirs]) => {
    const people = new Set(theirs.flatMap(({ person }) => person ?? [])).size
    const isForEveryone = theirs.some(({ person }) => person === undefined)
    return people > 1 || isForEveryone ? [{ agentId, people, isForEveryone }] : []
  })
}

/** The sessions that more than one person shares, where `session.dmScope` is not set. */
export const sharedSessions = (config: GatewayConfig, approvals: Approvals): ReadonlyArray<SharedSession> =>
  config.session.dmScope === undefined ? agentsOfSeveral(config, approvals) : []

/** Each agent with how many may write to it. */
export const listShared = (sessions: ReadonlyArray<SharedSession>): string =>
  sessions
    .map(
      ({ agentId, isForEveryone, people }) =>
        `${agentId} (${isForEveryone ? "everyone" : `${people} people`})`
    )
    .join(", ")

/** The sessions in one sentence. */
export const describeShared = (sessions: ReadonlyArray<SharedSession>): string =>
  `more than one person may write to ${listShared(sessions)}, and session.dmScope is not set: they share one session, so that what one of them says can come up with another, and a slow or failing turn of one holds up the others`

/** Says it in the log, where it is so. */
export const warnOfSharedSessions = Effect.gen(function* () {
  const { approvals } = yield* PairingStore
  const shared = sharedSessions(yield* currentConfig, yield* approvals)
  if (shared.length > 0) {
    yield* Effect.logWarning(describeShared(shared)).pipe(Effect.annotateLogs({ hint: REMEDY }))
  }
}).pipe(
  // What is in the store's way is said elsewhere.
  Effect.ignore
)
