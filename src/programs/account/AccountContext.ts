/** What the parts of one account share. */
import { Effect, Ref } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import * as LoopGuard from "../session/LoopGuard.ts"
import { NOTHING_TOLD, type Told } from "./chatCommands/telling.ts"
import { agreeing, type DatabaseClock } from "./chatdb/databaseClock.ts"
import * as Nudges from "./inbox/nudges.ts"
import { type Position, START } from "./inbox/position.ts"
import type { Shares } from "./inbox/shares.ts"
import * as Confirmations from "./outbox/confirmations.ts"
import * as ChildLink from "./supervision/ChildLink.ts"

export interface AccountContext extends Kept {
  /** The account's config, which a reload changes. */
  readonly account: AccountConfig
}

/** What outlives children and configs: a delivery that is under way must see what the next child brings. */
interface Kept {
  readonly link: ChildLink.ChildLink
  /** Deliveries that are being carried out: each has a send under way, or one that waits. */
  readonly inHand: Ref.Ref<number>
  /** Until when the private bridge is left alone, in ms by a clock that is never set; see bridgePause.ts. */
  readonly bridgePausedUntil: Ref.Ref<number>
  /** The highest rowid that the gateway has seen of the account's database. */
  readonly highestRow: Ref.Ref<number>
  /** Where the account is in its database; inbox/position.ts moves it. */
  readonly position: Ref.Ref<Position>
  /** What says that there may be rows. */
  readonly nudges: Nudges.Nudges
  /** How far apart the clocks of the database and of the gateway are. */
  readonly clock: Ref.Ref<DatabaseClock>
  /** What status and store say of that, in ms. */
  readonly toldBehindMs: Ref.Ref<number>
  /** The newest row that was there when the child began; what has a higher rowid arrived since. */
  readonly newestRow: Ref.Ref<number>
  /** The latest time of all rows that were seen, by the database's clock, Unix ms. */
  readonly newestSentAt: Ref.Ref<number>
  /** Which of the messages that were missed are answered, where they were too many. */
  readonly shares: Ref.Ref<Shares | undefined>
  /** When a child's watch last said something, or the cursor moved, in ms by a clock that is never set. */
  readonly heardAt: Ref.Ref<number>
  /** The highest row for whose sake a child was replaced because it did not announce it. */
  readonly stalledAt: Ref.Ref<number>
  /** Which strangers owners were told of lately. In memory: it is about a flood, and requests are bounded themselves. */
  readonly told: Ref.Ref<Told>
  /** The commands that were answered in the last minute. */
  readonly answered: LoopGuard.LoopGuard
  /** What was sent by imsg's word, until its rows are seen. */
  readonly confirmations: Confirmations.Confirmations
}

/** The context of an account under one config after the other. */
export const makeForConfigs: Effect.Effect<(account: AccountConfig) => AccountContext> = Effect.gen(
  function* () {
    const kept: Kept = {
      link: yield* ChildLink.make,
      inHand: yield* Ref.make(0),
      bridgePausedUntil: yield* Ref.make(0),
      highestRow: yield* Ref.make(0),
      position: yield* Ref.make(START),
      nudges: yield* Nudges.make,
      clock: yield* Ref.make(agreeing()),
      toldBehindMs: yield* Ref.make(0),
      newestRow: yield* Ref.make(Number.POSITIVE_INFINITY),
      newestSentAt: yield* Ref.make(Number.NEGATIVE_INFINITY),
      shares: yield* Ref.make<Shares | undefined>(undefined),
      heardAt: yield* Ref.make(0),
      stalledAt: yield* Ref.make(0),
      told: yield* Ref.make(NOTHING_TOLD),
      answered: yield* LoopGuard.make,
      confirmations: Confirmations.make()
    }
    return (account) => ({ account, ...kept })
  }
)

/** A context under one config. */
export const make = (account: AccountConfig): Effect.Effect<AccountContext> =>
  Effect.map(makeForConfigs, (of) => of(account))

/** Notes that a row exists. */
export const sawRow = ({ highestRow }: AccountContext, rowId: number): Effect.Effect<void> =>
  Ref.update(highestRow, (highest) => Math.max(highest, rowId))

/** The parameter that asks for files, where the account shows them to agents; without it they are not even asked for. */
export const filesParam = ({ account }: AccountContext): { readonly attachments?: true } =>
  account.includeAttachments ? { attachments: true } : {}

/** The parameter that asks for the rows that are tapbacks, where an agent hears of any. */
export const reactionsParam = ({ account }: AccountContext): { readonly include_reactions?: true } =>
  account.reactionNotifications === "off" ? {} : { include_reactions: true }

/**
 * The same as for files of builds that have `messages.after`, with voice notes in a form that more can read than Apple's own: those
 * before may wait for ever for what converts them.
 */
export const convertedFilesParam = (
  context: AccountContext
): { readonly attachments?: true; readonly convert_attachments?: true } =>
  context.account.includeAttachments ? { attachments: true, convert_attachments: true } : {}
