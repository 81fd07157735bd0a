/** The verdict: first what no policy can change, then the policy of direct chats or of groups. */
import { Clock, Effect, Layer, Option } from "effect"
import { type AllowList, admits, parseAllowList } from "../schemas/AllowList.ts"
import type { AccountConfig, GatewayConfig } from "../schemas/Config.ts"
import type { Envelope } from "../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../schemas/GroupSettings.ts"
import { normaliseHandle } from "../schemas/Handle.ts"
import { type DispatchReason, type DropReason, Verdict } from "../schemas/Verdict.ts"
import { type ConfigService, derivedFromConfig } from "../services/ConfigService.ts"
import { Journal } from "../services/Journal.ts"
import { PairingStore } from "../services/PairingStore.ts"
import { type JudgeOptions, Router } from "../services/Router.ts"
import { agentFor } from "./router/bindings.ts"
import { type MentionTest, mentionTest } from "./router/mention.ts"
import { groupIdOf, sessionKey } from "./router/sessions.ts"

/** What is read once from an account's config. */
interface Policy {
  readonly account: AccountConfig
  readonly allowFrom: AllowList
  readonly groupAllowFrom: AllowList
}

const policyOf = (account: AccountConfig): Policy => ({
  account,
  allowFrom: parseAllowList(account.allowFrom, account.region),
  groupAllowFrom: parseAllowList(account.groupAllowFrom ?? account.allowFrom, account.region)
})

/** A row that is no older than this is being written now. */
const JUST_NOW_MS = 2 * 60_000

/**
 * Whether a row is from before a moment; all by the clock that dates rows. Where the moment is yet to come that clock
 * was set back since, and what is written just now is from after it.
 */
const isFromBefore = (sentAt: number, moment: number, now: number): boolean =>
  sentAt <= moment && !(moment > now && now - sentAt <= JUST_NOW_MS)

/** Why an envelope is for nobody, whatever the policy. `now` is by the clock that dates rows. */
export const unanswerable = (
  account: AccountConfig,
  envelope: Envelope,
  { baselineAt, now }: JudgeOptions & { readonly now: number }
): DropReason | undefined => {
  if (envelope.isFromMe) return "from-me"
  if (envelope.isReaction) return "reaction"
  if (envelope.text.trim() === "" && envelope.attachments.length === 0) return "empty"
  if (envelope.sender === "") return "no-sender"
  // A group is settings, a session and a place to answer to, all by its chat_id.
  if (envelope.isGroup && envelope.chatId === undefined) return "no-chat"
  if (envelope.sentAt === undefined) return undefined
  if (baselineAt !== undefined && isFromBefore(envelope.sentAt, baselineAt, now)) return "before-first-start"
  if (now - envelope.sentAt > account.catchUp.maxAgeMs) return "stale"
  return undefined
}

/** Whether only two take part: the chat of two is identified by the other one's handle. */
const isBetweenTwo = ({ account }: Policy, { chatIdentifier, sender }: Envelope): boolean =>
  chatIdentifier !== undefined && normaliseHandle(chatIdentifier, account.region) === sender

/** Whether only one other can see what is answered; where nobody knows it, others can. */
const isForOne = (policy: Policy, envelope: Envelope): boolean =>
  envelope.participantCount === undefined ? isBetweenTwo(policy, envelope) : envelope.participantCount <= 1

/** Whether a policy admits who wrote an envelope to a group. */
const admittedToGroup = ({ account, groupAllowFrom }: Policy, envelope: Envelope): boolean => {
  switch (account.groupPolicy) {
    case "disabled":
      return false
    case "open":
      return true
    case "allowlist":
      return admits(groupAllowFrom, envelope)
  }
}

/** A code that the request for it would have outlived is of no use to anybody. */
const isTooOldToPair = ({ pairing }: AccountConfig, { sentAt }: Envelope, now: number): boolean =>
  sentAt !== undefined && now - sentAt > pairing.ttlMs

/** `since` is when somebody was let in, Unix ms, where that is known. */
type Admission =
  | { readonly _tag: "Admitted"; readonly reason: DispatchReason; readonly since: number | undefined }
  | { readonly _tag: "Refused"; readonly reason: DropReason | "dm-unknown-sender" }

/** What a config means for the Router. */
interface Rules {
  readonly config: GatewayConfig
  readonly policies: ReadonlyMap<string, Policy>
  readonly mentions: ReadonlyMap<string, MentionTest>
}

const rulesOf = (config: GatewayConfig): Rules => ({
  config,
  policies: new Map(config.accounts.map((account) => [account.id, policyOf(account)])),
  mentions: new Map(config.agents.list.map((agent) => [agent.id, mentionTest(agent)]))
})

const admission = (reason: DispatchReason, since?: number): Admission => ({ _tag: "Admitted", reason, since })
const refusal = (reason: DropReason | "dm-unknown-sender"): Admission => ({ _tag: "Refused", reason })

const drop = (reason: DropReason) => Verdict.Drop({ reason })

const make = Effect.gen(function* () {
  const pairing = yield* PairingStore
  const journal = yield* Journal
  const rules = yield* derivedFromConfig(rulesOf)

  /** How a policy admits who wrote an envelope to a direct chat, or why it does not. */
  const directAdmission = (policy: Policy, envelope: Envelope) =>
    Effect.gen(function* () {
      const { account, allowFrom } = policy
      switch (account.dmPolicy) {
        case "disabled":
          return refusal("dm-disabled")
        case "open":
          return admission("dm-open")
        case "allowlist":
          return admits(allowFrom, envelope) ? admission("dm-allowlisted") : refusal("dm-not-allowlisted")
        case "pairing": {
          if (admits(allowFrom, envelope)) return admission("dm-allowlisted")
          return Option.match(yield* pairing.approvedAt(account.id, envelope.sender), {
            onNone: () => refusal("dm-unknown-sender"),
            onSome: (since) => admission("dm-paired", since)
          })
        }
      }
    })

  /** Words of somebody who is not admitted must not come in as somebody else's quotation. */
  const mustWithholdQuote = (policy: Policy, envelope: Envelope, isGroup: boolean) =>
    Effect.gen(function* () {
      const quote = envelope.replyTo
      if (quote === undefined) return false
      if (quote.guid !== undefined && (yield* journal.isClaimed(envelope.accountId, quote.guid))) return false
      if (!isGroup && isBetweenTwo(policy, envelope)) return false
      const quoted = { ...envelope, sender: quote.sender ?? "" }
      return isGroup
        ? !admittedToGroup(policy, quoted)
        : (yield* directAdmission(policy, quoted))._tag === "Refused"
    })

  const dispatch = (
    { config }: Rules,
    policy: Policy,
    envelope: Envelope,
    groupId: number | undefined,
    reason: DispatchReason
  ) =>
    Effect.gen(function* () {
      const isGroup = groupId !== undefined
      const agentId = agentFor(config, policy.account, envelope, isGroup)
      return Verdict.Dispatch({
        agentId,
        sessionKey: sessionKey(agentId, groupId),
        isGroup,
        withholdQuote: yield* mustWithholdQuote(policy, envelope, isGroup),
        reason
      })
    })

  /** What a stranger gets: a code, where it is of use to them and nobody else would see it. */
  const meetStranger = (policy: Policy, envelope: Envelope, now: number): Verdict => {
    if (isTooOldToPair(policy.account, envelope, now)) return drop("dm-too-old-to-pair")
    if (!isForOne(policy, envelope)) return drop("dm-unknown-in-thread")
    return Verdict.Pair({ sender: envelope.sender, reason: "dm-unknown-sender" })
  }

  const judgeDirect = (
    rules: Rules,
    policy: Policy,
    envelope: Envelope,
    { behindMs, now }: { readonly now: number; readonly behindMs: number }
  ) =>
    Effect.flatMap(directAdmission(policy, envelope), (direct) => {
      if (direct._tag === "Admitted") {
        // They were told that what they wrote before was not kept. It was the gateway's clock that they were let in by.
        const isTooEarly =
          direct.since !== undefined &&
          envelope.sentAt !== undefined &&
          isFromBefore(envelope.sentAt + 1, direct.since - behindMs, now)
        return isTooEarly
          ? Effect.succeed(drop("dm-before-approval"))
          : dispatch(rules, policy, envelope, undefined, direct.reason)
      }
      return Effect.succeed(
        direct.reason === "dm-unknown-sender" ? meetStranger(policy, envelope, now) : drop(direct.reason)
      )
    })

  const judgeGroup = (rules: Rules, policy: Policy, envelope: Envelope, groupId: number) => {
    const { config, mentions } = rules
    const { account } = policy
    const named = Object.keys(account.groups)
    if (account.groupPolicy === "disabled") return Effect.succeed(drop("groups-disabled"))
    if (named.length > 0 && !named.includes("*") && !named.includes(String(groupId))) {
      return Effect.succeed(drop("group-not-admitted"))
    }
    if (!admittedToGroup(policy, envelope)) return Effect.succeed(drop("group-sender-not-allowlisted"))
    const needsMention = groupSettings(account, groupId).requireMention ?? true
    if (!needsMention) return dispatch(rules, policy, envelope, groupId, "group-no-mention-needed")
    return mentions.get(agentFor(config, account, envelope, true))?.(envelope.text) === true
      ? dispatch(rules, policy, envelope, groupId, "group-mentioned")
      : Effect.succeed(
          Verdict.Remember({
            chatId: groupId,
            limit: historyLimit(account, groupId),
            reason: "group-not-mentioned"
          })
        )
  }

  return Router.of({
    judge: (envelope, options) =>
      Effect.gen(function* () {
        const current = yield* rules
        const policy = current.policies.get(envelope.accountId)
        // An envelope can only come from an account of this config; anything else is a defect of the gateway.
        if (policy === undefined) return yield* Effect.dieMessage(`no account ${envelope.accountId}`)
        const behindMs = options.clockBehindMs ?? 0
        const now = (yield* Clock.currentTimeMillis) - behindMs
        const reason = unanswerable(policy.account, envelope, { ...options, now })
        if (reason !== undefined) return drop(reason)
        const groupId = groupIdOf(policy.account, envelope)
        return yield* groupId === undefined
          ? judgeDirect(current, policy, envelope, { behindMs, now })
          : judgeGroup(current, policy, envelope, groupId)
      }),
    withholdsQuote: (envelope, isGroup) =>
      Effect.flatMap(rules, ({ policies }) => {
        const policy = policies.get(envelope.accountId)
        return policy === undefined ? Effect.succeed(true) : mustWithholdQuote(policy, envelope, isGroup)
      }),
    admitsToGroup: (envelope) =>
      Effect.map(rules, ({ policies }) => {
        const policy = policies.get(envelope.accountId)
        return policy !== undefined && admittedToGroup(policy, envelope)
      })
  })
})

export const layer: Layer.Layer<Router, never, ConfigService | PairingStore | Journal> = Layer.effect(
  Router,
  make
)
