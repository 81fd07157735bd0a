/** The verdict: first what no policy can change, then the policy of direct chats or of groups. */
import { Clock, Effect, Layer } from "effect"
import { type AllowList, admits, parseAllowList } from "../schemas/AllowList.ts"
import type { AccountConfig } from "../schemas/Config.ts"
import type { Envelope } from "../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../schemas/GroupSettings.ts"
import { type DropReason, Verdict } from "../schemas/Verdict.ts"
import { ConfigService } from "../services/ConfigService.ts"
import { PairingStore } from "../services/PairingStore.ts"
import { type JudgeOptions, Router } from "../services/Router.ts"
import { agentFor, isGroupChat, sessionKey } from "./router/bindings.ts"
import { type MentionTest, mentionTest } from "./router/mention.ts"

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

/** Why an envelope is for nobody, whatever the policy. */
export const unanswerable = (
  account: AccountConfig,
  envelope: Envelope,
  { baselineAt, now }: JudgeOptions & { readonly now: number }
): DropReason | undefined => {
  if (envelope.isFromMe) return "from-me"
  if (envelope.isReaction) return "reaction"
  if (envelope.text.trim() === "" && envelope.attachments.length === 0) return "empty"
  if (envelope.sender === "") return "no-sender"
  if (envelope.sentAt === undefined) return undefined
  if (baselineAt !== undefined && envelope.sentAt <= baselineAt) return "before-first-start"
  if (now - envelope.sentAt > account.catchUp.maxAgeMs) return "stale"
  return undefined
}

const drop = (reason: DropReason) => Verdict.Drop({ reason })

const make = Effect.gen(function* () {
  const config = yield* ConfigService
  const pairing = yield* PairingStore
  const policies = new Map(config.accounts.map((account) => [account.id, policyOf(account)]))
  const mentions = new Map<string, MentionTest>(
    config.agents.list.map((agent) => [agent.id, mentionTest(agent)])
  )

  const judgeDirect = (policy: Policy, envelope: Envelope) =>
    Effect.gen(function* () {
      const { account } = policy
      const agentId = agentFor(config, account, envelope, false)
      const dispatch = (reason: "dm-open" | "dm-allowlisted" | "dm-paired") =>
        Verdict.Dispatch({
          agentId,
          sessionKey: sessionKey(agentId, envelope.chatId, false),
          isGroup: false,
          reason
        })
      switch (account.dmPolicy) {
        case "disabled":
          return drop("dm-disabled")
        case "open":
          return dispatch("dm-open")
        case "allowlist":
          return admits(policy.allowFrom, envelope) ? dispatch("dm-allowlisted") : drop("dm-not-allowlisted")
        case "pairing":
          if (admits(policy.allowFrom, envelope)) return dispatch("dm-allowlisted")
          return (yield* pairing.isApproved(account.id, envelope.sender))
            ? dispatch("dm-paired")
            : Verdict.Pair({ sender: envelope.sender, reason: "dm-unknown-sender" })
      }
    })

  const judgeGroup = (policy: Policy, envelope: Envelope): Verdict => {
    const { account } = policy
    const named = Object.keys(account.groups)
    if (account.groupPolicy === "disabled") return drop("groups-disabled")
    if (named.length > 0 && !named.includes("*") && !named.includes(String(envelope.chatId))) {
      return drop("group-not-admitted")
    }
    if (account.groupPolicy === "allowlist" && !admits(policy.groupAllowFrom, envelope)) {
      return drop("group-sender-not-allowlisted")
    }
    const agentId = agentFor(config, account, envelope, true)
    const needsMention = groupSettings(account, envelope.chatId).requireMention ?? true
    if (needsMention && mentions.get(agentId)?.(envelope.text) !== true) {
      return Verdict.Remember({
        limit: historyLimit(account, envelope.chatId),
        reason: "group-not-mentioned"
      })
    }
    return Verdict.Dispatch({
      agentId,
      sessionKey: sessionKey(agentId, envelope.chatId, true),
      isGroup: true,
      reason: needsMention ? "group-mentioned" : "group-no-mention-needed"
    })
  }

  return Router.of({
    judge: (envelope, options) =>
      Effect.gen(function* () {
        const policy = policies.get(envelope.accountId)
        // An envelope can only come from an account of this config; anything else is a defect of the gateway.
        if (policy === undefined) return yield* Effect.dieMessage(`no account ${envelope.accountId}`)
        const now = yield* Clock.currentTimeMillis
        const reason = unanswerable(policy.account, envelope, { ...options, now })
        if (reason !== undefined) return drop(reason)
        return isGroupChat(policy.account, envelope)
          ? judgeGroup(policy, envelope)
          : yield* judgeDirect(policy, envelope)
      })
  })
})

export const layer: Layer.Layer<Router, never, ConfigService | PairingStore> = Layer.effect(Router, make)
