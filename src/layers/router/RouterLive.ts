/** The verdict: first what no policy can change, then the policy of direct chats or of groups. */
import { Clock, Effect, Layer, Option } from "effect"
import { isBetweenTwo, isForOne } from "../../schemas/Audience.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { sessionDefaults } from "../../schemas/config/session.ts"
import { chatOf, type Envelope, quotedBy } from "../../schemas/Envelope.ts"
import { groupSettings, historyLimit, isNamed } from "../../schemas/GroupSettings.ts"
import { handlesOf, peerOf } from "../../schemas/People.ts"
import { isHeard, type ReactedTo } from "../../schemas/Reaction.ts"
import { isMachine } from "../../schemas/Sender.ts"
import { isEveryService } from "../../schemas/Target.ts"
import { type DispatchReason, type DropReason, Verdict } from "../../schemas/Verdict.ts"
import { type ConfigService, derivedFromConfig } from "../../services/ConfigService.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"
import { Outbox } from "../../services/Outbox.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { type JudgeOptions, Router } from "../../services/Router.ts"
import { agentFor } from "./bindings.ts"
import { isOwnChat, isOwnersWord, orderOf } from "./commands.ts"
import { type MentionTest, mentionTest } from "./mention.ts"
import { admitsAny, type Guises, guisesOf } from "./names.ts"
import { admittedToGroup, isTooOldToPair, type Policy, policyOf } from "./policy.ts"
import { reactionReason } from "./reactions.ts"
import { directSession, groupSession, isGroupChat, mayBeGroup } from "./sessions.ts"

/** Whether messages by its service are answered; where one is left out, those of an unknown service are not. */
const isServed = ({ services }: AccountConfig, { via }: Envelope): boolean =>
  isEveryService(services) || (via !== undefined && services.includes(via))

/** A row that is no older than this is being written now. */
const JUST_NOW_MS = 2 * 60_000

/**
 * Whether a row is from before a moment; all by the clock that dates rows. Where the moment is yet to come that clock
 * was set back since, and what is written just now is from after it.
 */
const isFromBefore = (sentAt: number, moment: number, now: number): boolean =>
  sentAt <= moment && !(moment > now && now - sentAt <= JUST_NOW_MS)

/** Why an envelope is for nobody, whatever the policy. `now` is by the clock that dates rows. */
const unanswerable = (
  account: AccountConfig,
  envelope: Envelope,
  { baselineAt, now }: JudgeOptions & { readonly now: number }
): DropReason | undefined => {
  if (envelope.isFromMe) return "from-me"
  // To nothing that is known.
  if (envelope.isReaction && envelope.reaction === undefined) return "reaction"
  if (envelope.text.trim() === "" && envelope.attachments.length === 0) return "empty"
  if (envelope.sender === "") return "no-sender"
  // A group is settings, a session and a place to answer to, all by its chat_id.
  if (envelope.isGroup && envelope.chatId === undefined) return "no-chat"
  if (!isServed(account, envelope)) return "service-not-allowed"
  if (envelope.sentAt === undefined) return undefined
  if (baselineAt !== undefined && isFromBefore(envelope.sentAt, baselineAt, now)) return "before-first-start"
  if (now - envelope.sentAt > account.catchUp.maxAgeMs) return "stale"
  return undefined
}

/** `since` is when somebody was let in, Unix ms, where that is known. */
type Admission =
  | { readonly _tag: "Admitted"; readonly reason: DispatchReason; readonly since: number | undefined }
  | { readonly _tag: "Refused"; readonly reason: DropReason | "dm-unknown-sender" }

/** `now` by the clock that dates rows, Unix ms, and by how much that is behind the gateway's. */
interface Clocks {
  readonly now: number
  readonly behindMs: number
}

/**
 * Whether somebody wrote before they were let in: they were told that it was not kept. It was the gateway's clock that they
 * were let in by.
 */
const isTooEarly = (
  { since }: Extract<Admission, { readonly _tag: "Admitted" }>,
  { sentAt }: Envelope,
  { behindMs, now }: Clocks
): boolean => since !== undefined && sentAt !== undefined && isFromBefore(sentAt + 1, since - behindMs, now)

/** What a config means for the Router. */
interface Rules {
  readonly config: GatewayConfig
  readonly policies: ReadonlyMap<string, Policy>
  readonly mentions: ReadonlyMap<string, MentionTest>
}

const rulesOf = (config: GatewayConfig): Rules => ({
  config,
  policies: new Map(config.accounts.map((account) => [account.id, policyOf(account, config)])),
  mentions: new Map(config.agents.list.map((agent) => [agent.id, mentionTest(agent)]))
})

/** A message with all that its sender and its chat are called. `group` is absent where the chat counts as direct. */
interface Subject {
  readonly policy: Policy
  readonly envelope: Envelope
  readonly guises: Guises
  readonly group: GroupChat | undefined
}

const admission = (reason: DispatchReason, since?: number): Admission => ({ _tag: "Admitted", reason, since })
const refusal = (reason: DropReason | "dm-unknown-sender"): Admission => ({ _tag: "Refused", reason })

/** Whose agent a message is for. */
const agentOf = ({ config }: Rules, { group, guises, policy }: Subject): string =>
  agentFor(config, policy.account, guises, group?.chats)

/** Why nothing that somebody writes in a group is for anybody. */
const groupRefusal = ({ guises, policy }: Subject, { chats }: GroupChat): DropReason | undefined => {
  const { account } = policy
  const named = Object.keys(account.groups)
  if (account.groupPolicy === "disabled") return "groups-disabled"
  if (named.length > 0 && !named.includes("*") && !isNamed(account, chats)) return "group-not-admitted"
  return admittedToGroup(policy, guises) ? undefined : "group-sender-not-allowlisted"
}

/** The command that a message of somebody who is let in is. */
const orderIn = (current: Rules, subject: Subject) =>
  orderOf(current.config, {
    policy: subject.policy,
    envelope: subject.envelope,
    isGroup: subject.group !== undefined,
    mention: current.mentions.get(agentOf(current, subject))
  })

const drop = (reason: DropReason) => Verdict.Drop({ reason })

/** What a stranger gets: a code, where it is of use to them and nobody else would see it. */
const meetStranger = ({ envelope, policy }: Subject, now: number): Verdict => {
  const [sender, ...others] = handlesOf(policy.people, envelope.sender)
  if (isMachine(sender)) return drop("dm-not-a-person")
  if (isTooOldToPair(policy.account, envelope, now)) return drop("dm-too-old-to-pair")
  if (!isForOne(policy, envelope)) return drop("dm-unknown-in-thread")
  return Verdict.Pair({ sender, others, reason: "dm-unknown-sender" })
}

const make = Effect.gen(function* () {
  const pairing = yield* PairingStore
  const outbox = yield* Outbox
  const groupChats = yield* GroupChats
  const rules = yield* derivedFromConfig(rulesOf)

  /** The chat of an envelope as a group, whether it counts as one or not; none where it is not known which it is. */
  const groupOf = (envelope: Envelope) => {
    const chat = chatOf(envelope)
    return chat === undefined ? Effect.succeed(undefined) : groupChats.of(envelope.accountId, chat)
  }

  const subjectOf = (policy: Policy, envelope: Envelope, group: GroupChat | undefined): Subject => ({
    policy,
    envelope,
    guises: guisesOf(policy.people, envelope, group?.chats),
    group
  })

  /** Since when one of a person's handles is approved, Unix ms. */
  const approvedAt = (accountId: string, handles: ReadonlyArray<string>) =>
    Effect.map(
      Effect.forEach(handles, (handle) => pairing.approvedAt(accountId, handle)),
      (approvals) => Option.reduceCompact(approvals, Number.POSITIVE_INFINITY, Math.min)
    )

  /** How a policy admits who wrote an envelope to a direct chat, or why it does not. */
  const directAdmission = ({ envelope, guises, policy }: Subject) =>
    Effect.gen(function* () {
      const { account, allowFrom, people } = policy
      // Who may let others in needs nobody to let them in: else a code of their own would be all that they get.
      const isOwners = isOwnersWord(policy, envelope) && isOwnChat(policy, envelope)
      switch (account.dmPolicy) {
        case "disabled":
          return refusal("dm-disabled")
        case "open":
          return admission("dm-open")
        case "allowlist":
          if (admitsAny(allowFrom, guises)) return admission("dm-allowlisted")
          return isOwners ? admission("dm-owner") : refusal("dm-not-allowlisted")
        case "pairing": {
          if (admitsAny(allowFrom, guises)) return admission("dm-allowlisted")
          if (isOwners) return admission("dm-owner")
          const since = yield* approvedAt(account.id, handlesOf(people, envelope.sender))
          return Number.isFinite(since) ? admission("dm-paired", since) : refusal("dm-unknown-sender")
        }
      }
    })

  /** Whether who wrote what an envelope is about is not admitted. What the gateway said is for everybody in the chat. */
  const isAuthorRefused = ({ envelope, group, policy }: Subject, said: Pick<ReactedTo, "guid" | "sender">) =>
    Effect.gen(function* () {
      if (said.guid !== undefined && (yield* outbox.isClaimed(envelope.accountId, said.guid))) return false
      if (group === undefined && isBetweenTwo(policy, envelope)) return false
      const author = subjectOf(policy, { ...envelope, sender: said.sender ?? "" }, group)
      return group === undefined
        ? (yield* directAdmission(author))._tag === "Refused"
        : !admittedToGroup(policy, author.guises)
    })

  /** Words of somebody who is not admitted must not come in as somebody else's quotation. */
  const mustWithholdQuote = (subject: Subject) =>
    Effect.gen(function* () {
      const { envelope, policy } = subject
      const quoted = quotedBy(envelope)
      if (quoted === undefined || policy.account.contextVisibility !== "allowlist") return false
      return quoted.isOwn === true ? false : yield* isAuthorRefused(subject, quoted)
    })

  /** The session of a message that is answered. From now on its group is known. */
  const sessionOf = ({ config }: Rules, { envelope, group, policy }: Subject, agentId: string) =>
    Effect.gen(function* () {
      const scope = config.session.dmScope ?? sessionDefaults.dmScope
      const chat = chatOf(envelope)
      // What somebody said alone must not come up where others see the answer, so that a thread has its own session.
      const isOfSeveral = group !== undefined || (scope !== "main" && !isForOne(policy, envelope))
      if (isOfSeveral && chat !== undefined) {
        return groupSession(agentId, (yield* groupChats.keep(envelope.accountId, chat)).name)
      }
      const peer = peerOf(policy.people, envelope.sender)
      return directSession(agentId, { accountId: envelope.accountId, peer, scope })
    })

  /** What is let in goes to its agent, unless it is for the gateway itself. */
  const letIn = (current: Rules, subject: Subject, reason: DispatchReason) =>
    Effect.gen(function* () {
      const { group } = subject
      const agentId = agentOf(current, subject)
      const sessionKey = yield* sessionOf(current, subject, agentId)
      const to = { agentId, sessionKey, isGroup: group !== undefined }
      const order = orderIn(current, subject)
      if (order !== undefined) return Verdict.Command({ ...order, ...to, reason: "command" })
      return Verdict.Dispatch({ ...to, withholdQuote: yield* mustWithholdQuote(subject), reason })
    })

  /** What is let in and is a reaction: told to the next turn of its chat, a turn of its own, or nobody's. */
  const hear = (current: Rules, subject: Subject, needsMention: boolean) =>
    Effect.gen(function* () {
      const { envelope, group, policy } = subject
      const { accountId, chatId, reaction } = envelope
      if (reaction === undefined) return drop("reaction")
      const { account } = policy
      const { reactionNotifications: notifications } = account
      const agentId = agentOf(current, subject)
      const agent = current.config.agents.list.find(({ id }) => id === agentId)
      const isInQuestion = isHeard(notifications, reaction) && !reaction.to.isOwn
      const isAuthorAdmitted = isInQuestion && !(yield* isAuthorRefused(subject, reaction.to))
      const onReaction = agent?.onReaction ?? "context"
      const reason = reactionReason({ reaction, notifications, onReaction, isAuthorAdmitted, needsMention })
      switch (reason) {
        case "reaction":
          return drop(reason)
        case "reaction-turn": {
          const sessionKey = yield* sessionOf(current, subject, agentId)
          const isGroup = group !== undefined
          return Verdict.Dispatch({ agentId, sessionKey, isGroup, withholdQuote: false, reason })
        }
        case "reaction-context": {
          if (group === undefined) {
            return chatId === undefined ? drop("reaction") : Verdict.Remember({ chatId, limit: 0, reason })
          }
          const { historyId } = yield* groupChats.keep(accountId, group.chats[0])
          return Verdict.Remember({ chatId: historyId, limit: historyLimit(account, group.chats), reason })
        }
      }
    })

  const judgeDirect = (current: Rules, subject: Subject, { behindMs, now }: Clocks) =>
    Effect.flatMap(directAdmission(subject), (direct) => {
      const { isReaction } = subject.envelope
      if (direct._tag === "Admitted") {
        if (isTooEarly(direct, subject.envelope, { behindMs, now })) {
          return Effect.succeed(drop("dm-before-approval"))
        }
        return isReaction ? hear(current, subject, false) : letIn(current, subject, direct.reason)
      }
      // Nobody asks to be let in by a tapback.
      if (isReaction && direct.reason === "dm-unknown-sender") return Effect.succeed(drop("reaction"))
      return Effect.succeed(
        direct.reason === "dm-unknown-sender" ? meetStranger(subject, now) : drop(direct.reason)
      )
    })

  /** Whether a message is for the agent: by its text, or because it replies to what the gateway said. */
  const isAddressed = (current: Rules, subject: Subject) => {
    const { envelope } = subject
    const mention = current.mentions.get(agentOf(current, subject))
    if (mention === undefined || mention.matches(envelope.text)) return Effect.succeed(mention !== undefined)
    const { accountId, threadGuid } = envelope
    return mention.isNever || threadGuid === undefined
      ? Effect.succeed(false)
      : outbox.isClaimed(accountId, threadGuid)
  }

  const judgeGroup = (current: Rules, subject: Subject, group: GroupChat) =>
    Effect.gen(function* () {
      const { envelope, policy } = subject
      const { account } = policy
      const refused = groupRefusal(subject, group)
      if (refused !== undefined) return drop(refused)
      const needsMention = groupSettings(account, group.chats).requireMention !== false
      if (envelope.isReaction) return yield* hear(current, subject, needsMention)
      if (!needsMention) {
        return yield* letIn(current, subject, "group-no-mention-needed")
      }
      // A command needs no mention.
      if (orderIn(current, subject) !== undefined || (yield* isAddressed(current, subject))) {
        return yield* letIn(current, subject, "group-mentioned")
      }
      const [chat] = group.chats
      const { historyId } = yield* groupChats.keep(envelope.accountId, chat)
      return Verdict.Remember({
        chatId: historyId,
        limit: historyLimit(account, group.chats),
        reason: "group-not-mentioned"
      })
    })

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
        const chat = mayBeGroup(policy.account, envelope) ? yield* groupOf(envelope) : undefined
        return yield* chat !== undefined && isGroupChat(policy.account, envelope, chat.chats)
          ? judgeGroup(current, subjectOf(policy, envelope, chat), chat)
          : judgeDirect(current, subjectOf(policy, envelope, undefined), { behindMs, now })
      }),
    admits: (envelope, { clockBehindMs: behindMs = 0 } = {}) =>
      Effect.gen(function* () {
        const policy = (yield* rules).policies.get(envelope.accountId)
        if (policy === undefined || !isServed(policy.account, envelope)) return false
        const chat = mayBeGroup(policy.account, envelope) ? yield* groupOf(envelope) : undefined
        if (chat !== undefined && isGroupChat(policy.account, envelope, chat.chats)) {
          return groupRefusal(subjectOf(policy, envelope, chat), chat) === undefined
        }
        if (envelope.isGroup || envelope.sender === "") return false
        const direct = yield* directAdmission(subjectOf(policy, envelope, undefined))
        const now = (yield* Clock.currentTimeMillis) - behindMs
        return direct._tag === "Admitted" && !isTooEarly(direct, envelope, { behindMs, now })
      }),
    withholdsQuote: (envelope, isGroup) =>
      Effect.gen(function* () {
        if (quotedBy(envelope) === undefined) return false
        const policy = (yield* rules).policies.get(envelope.accountId)
        if (policy === undefined) return true
        const group = isGroup ? yield* groupOf(envelope) : undefined
        return yield* mustWithholdQuote(subjectOf(policy, envelope, group))
      }),
    admitsToGroup: (envelope) =>
      Effect.gen(function* () {
        const policy = (yield* rules).policies.get(envelope.accountId)
        if (policy === undefined) return false
        // Asked for each message of a history: what the group is called matters to a list only.
        const group = policy.account.groupPolicy === "allowlist" ? yield* groupOf(envelope) : undefined
        return admittedToGroup(policy, subjectOf(policy, envelope, group).guises)
      })
  })
})

export const layer: Layer.Layer<Router, never, ConfigService | PairingStore | Outbox | GroupChats> =
  Layer.effect(Router, make)
