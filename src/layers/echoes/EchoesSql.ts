/**
 * Echoes, told by guid and rowid, and in a chat with oneself by what they say: there Messages writes every message
 * twice, with different guids. In other chats it does not, and whoever repeats the gateway's words is answered. What one
 * account says to another of the same gateway is known by what it says too.
 */

import { Clock, Effect, Layer } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import type { PartState } from "../../schemas/Delivery.ts"
import { type Envelope, replyTarget } from "../../schemas/Envelope.ts"
import { ofPart, ofRow } from "../../schemas/fingerprint.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import { isAct } from "../../schemas/partWords.ts"
import { isReactionRow } from "../../schemas/rowReactions.ts"
import { type Destination, targetKey } from "../../schemas/Target.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Echoes } from "../../services/Echoes.ts"
import { Database } from "../database/Database.ts"
import { makeFingerprints, makeIsSaid, type Times } from "./fingerprints.ts"
import { isGivenBack, wordsOf } from "./givenBack.ts"
import { makeLookAgain, makeReadOwnHandles, ownHandlesOf } from "./ownHandles.ts"
import { makeRecent } from "./recent.ts"
import { seenIncoming, seenOutgoing } from "./seen.ts"
import { makeSentRows } from "./sentRows.ts"
import { makeSpoken } from "./spoken.ts"
import { targetsOf } from "./targets.ts"
import { makeTwins, type Seen, type Twins } from "./twins.ts"

const SHORTEST_WINDOW_MS = 60_000
/** Chats of an account of which it is remembered who writes there. */
const CHATS = 1000
/** Parts of an account that are remembered as the gateway's words, in whichever chat. */
const WORDS = 256

const timesOf = ({ catchUp, delivery }: AccountConfig): Times => ({
  windowMs: Math.max(SHORTEST_WINDOW_MS, 2 * delivery.settleMs),
  shownWithinMs: catchUp.maxAgeMs
})

/** Whether more than two can take part, of whom none is oneself. */
const isOfMany = ({ isGroup, participantCount }: Envelope): boolean => isGroup || (participantCount ?? 1) > 1

const make = Effect.gen(function* () {
  const config = yield* ConfigService
  const database = yield* Database
  const sentRows = makeSentRows(database)
  const fingerprints = makeFingerprints(database)
  const isSaid = makeIsSaid(database)
  const readOwnHandles = makeReadOwnHandles(database)
  const lookAgain = makeLookAgain(database)

  /** What is known of an account, read when it is first needed. */
  const familiarity = (accountId: string) =>
    Effect.map(readOwnHandles(accountId), (own) => ({
      own,
      seeTwins: makeTwins(),
      /** Who writes in a chat; nobody in those of many. */
      writers: makeRecent<string, string | undefined>(CHATS),
      words: makeRecent<string, true>(WORDS),
      spoken: makeSpoken()
    }))
  const known = new Map<string, Effect.Effect.Success<ReturnType<typeof familiarity>>>()
  const familiarityOf = (accountId: string) =>
    Effect.suspend(() => {
      const before = known.get(accountId)
      if (before !== undefined) return Effect.succeed(before)
      return Effect.map(familiarity(accountId), (read) => {
        const first = known.get(accountId) ?? read
        known.set(accountId, first)
        return first
      })
    })

  const knownAs = (account: AccountConfig) =>
    Effect.map(familiarityOf(account.id), (familiar) => ({ ...familiar, account, times: timesOf(account) }))

  type Known = Effect.Effect.Success<ReturnType<typeof knownAs>>

  const knownOf = (accountId: string) =>
    Effect.gen(function* () {
      const account = (yield* config.current).accounts.find(({ id }) => id === accountId)
      // Rows and deliveries only come from accounts of the config; anything else is a defect of the gateway.
      if (account === undefined) return yield* Effect.dieMessage(`no account ${accountId}`)
      const familiar = yield* knownAs(account)
      if (database.isShared) yield* lookAgain(known)
      return familiar
    })

  /** Where no own handle is known yet, any chat may be one with oneself: better one row too few than a loop. */
  const mayBeOneself = ({ own }: Known, handle: string, now: number): boolean =>
    own.has(handle, now) || !own.any(now)

  const isWithOneself = ({ account, own }: Known, { chatIdentifier }: Envelope, now: number): boolean =>
    chatIdentifier !== undefined && own.has(normaliseHandle(chatIdentifier, account.region), now)

  /** Those beside an account: as they are known by now, since they are asked for at every message, and may be many. */
  const othersThan = (accountId: string) =>
    Effect.flatMap(config.current, ({ accounts }) =>
      Effect.forEach(
        accounts.filter(({ id }) => id !== accountId),
        knownAs
      )
    )

  const mayComeBack = (
    account: Known,
    others: ReadonlyArray<Known>,
    target: Destination,
    now: number
  ): boolean => {
    const key = targetKey(target)
    if (!account.writers.has(key)) return true
    const writer = account.writers.get(key)
    // Among many there may be another account.
    if (writer === undefined) return others.length > 0
    return [account, ...others].some((each) => mayBeOneself(each, writer, now))
  }

  /** Whether what an account says to a target, as it is kept, may come to another account. */
  const mayReach = (from: Known, to: Known, key: string, now: number): boolean => {
    const named = /^(?:auto|imessage|sms):(?<handle>.*)$/su.exec(key)?.groups?.handle
    const writer = named ?? from.writers.get(key)
    return writer === undefined || mayBeOneself(to, writer, now)
  }

  /** Whether a row is what the gateway said from another of its accounts: an owner's handle is then no owner. */
  const isOfOtherAccount = (account: Known, { sender, sentAt }: Envelope, digests: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const others = yield* othersThan(account.account.id)
      const senders = others.filter((other) => mayBeOneself(other, sender, now))
      return yield* isSaid(
        { sentAt, digests },
        senders.map((from) => ({
          accountId: from.account.id,
          times: from.times,
          mayBeFor: (target) => mayReach(from, account, target, now)
        }))
      )
    })

  /** Whoever is on both sides of a message that the gateway did not write is the account's owner. */
  const onTwins = (account: Known, { incoming, outgoing }: Twins) =>
    Effect.gen(function* () {
      if (incoming.sender === "") return
      if (ofRow({ text: outgoing.text, attachments: [] }).some((digest) => account.words.has(digest))) return
      if (!(yield* sentRows.hasGuid(account.account.id, outgoing.guid)))
        yield* account.own.guessed(incoming.sender)
    })

  const see = (account: Known, row: Seen | undefined) =>
    Effect.suspend(() => {
      const twins = row === undefined ? undefined : account.seeTwins(row)
      return twins === undefined ? Effect.void : onTwins(account, twins)
    })

  return Echoes.of({
    follow: (delivery, record, state: PartState) =>
      Effect.gen(function* () {
        switch (state._tag) {
          case "Sending": {
            const { part } = record
            // Of an act Messages writes no words that could come back, but for the first ones in a new chat.
            if (isAct(part) && (part._tag !== "CreateChat" || part.text === undefined)) return
            const { accounts } = yield* config.current
            // An account that has just been taken out of the config shows nothing any more.
            if (!accounts.some(({ id }) => id === delivery.accountId)) return
            const account = yield* knownOf(delivery.accountId)
            const digest = ofPart(part)
            account.words.put(digest, true)
            const key = targetKey(delivery.target)
            account.spoken.put(key, wordsOf(part))
            const others = yield* othersThan(delivery.accountId)
            if (!mayComeBack(account, others, delivery.target, yield* Clock.currentTimeMillis)) return
            const { afterRowId } = state
            return yield* fingerprints.add([delivery, record], { digest, afterRowId }, account.times)
          }
          case "Sent":
          case "Uncertain":
            return yield* fingerprints.sent(delivery, record)
          case "Queued":
          case "Failed":
          case "LeftOut":
            return yield* fingerprints.withdraw(delivery, record)
        }
      }),

    learn: (accountId, row) =>
      Effect.gen(function* () {
        const account = yield* knownOf(accountId)
        if (row.destination_caller_id) {
          yield* account.own.named(normaliseHandle(row.destination_caller_id, account.account.region))
        }
        // Two people react to one message in the same words.
        if (row.is_from_me && !isReactionRow(row)) yield* see(account, seenOutgoing(row))
      }),

    learnFromChats: (accountId, chats) =>
      Effect.gen(function* () {
        const { account, own } = yield* knownOf(accountId)
        const handles = chats.flatMap((chat) => ownHandlesOf(chat, account.region))
        yield* Effect.forEach(new Set(handles), own.guessed, { discard: true })
      }),

    isOneself: (envelope) =>
      Effect.gen(function* () {
        const account = yield* knownOf(envelope.accountId)
        const others = yield* othersThan(envelope.accountId)
        const now = yield* Clock.currentTimeMillis
        const isOwn = ({ own }: Known) => own.has(envelope.sender, now)
        return [account, ...others].some(isOwn) || isWithOneself(account, envelope, now)
      }),

    givesBack: (envelope) =>
      Effect.map(knownOf(envelope.accountId), ({ account, spoken }) => {
        const said = [...targetsOf(envelope, account.region)].flatMap((target) => spoken.of(target))
        // To read a long text takes longer than all else that is done with it.
        return said.length > 0 && isGivenBack(envelope, said)
      }),

    isEcho: (envelope) =>
      Effect.gen(function* () {
        const { accountId, guid, rowId, sender, sentAt } = envelope
        const account = yield* knownOf(accountId)
        const now = yield* Clock.currentTimeMillis
        if (yield* sentRows.has(envelope, now - account.times.shownWithinMs)) return true
        const isMany = isOfMany(envelope)
        account.writers.put(targetKey(replyTarget(envelope)), isMany ? undefined : sender)
        const digests = ofRow(envelope)
        if (yield* isOfOtherAccount(account, envelope, digests)) return true
        if (isMany) return false
        const { region } = account.account
        yield* see(account, seenIncoming(envelope, region))
        // Who writes in a chat with an own handle is oneself, under whichever other.
        if (sender !== "" && isWithOneself(account, envelope, now)) yield* account.own.guessed(sender)
        if (!mayBeOneself(account, sender, now)) return false
        if (digests.length === 0) return false
        const targets = targetsOf(envelope, region)
        return yield* fingerprints.match({ accountId, rowId, guid, sentAt, targets, digests }, account.times)
      })
  })
})

export const layer: Layer.Layer<Echoes, never, Database | ConfigService> = Layer.effect(Echoes, make)
