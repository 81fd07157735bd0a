/** Deliveries on their way out: what was accepted is written down here before what it answers is done. */
import { Context, type Effect, type Option } from "effect"
import type { Remembered } from "../schemas/Conversation.ts"
import type { DeadDelivery, DeadLetter } from "../schemas/DeadLetter.ts"
import type { DecidedPart } from "../schemas/Decision.ts"
import type { Delivery, PartRecord, Progress } from "../schemas/Delivery.ts"
import type { Stored } from "../schemas/errors/store.ts"
import type { Destination, Target } from "../schemas/Target.ts"

/** A delivery without an end. Times are Unix ms. */
export interface OpenDelivery {
  /** Its place in the order in which they were accepted. */
  readonly seq: number
  readonly delivery: Delivery
  /** What provably was not sent is tried until `delivery.ttlMs` after it. */
  readonly acceptedAt: number
  /** When it is of no use any more, to nobody or to whoever waits for it: what was not sent by then is not sent. */
  readonly usefulUntil: number
  /** That of the first of its parts that has no end. */
  readonly progress: Progress
  /** Why it is not to be sent any more, in words. */
  readonly withdrawn?: string
}

/** Which delivery is asked for. */
export interface Wanted {
  readonly accountId: string
  /** How long a delivery waits for a child, ms: 0 where there is one. Those that nobody waits for any more do not. */
  readonly forChildMs: number
  /** Those that are in hand already, by their places. */
  readonly without: ReadonlyArray<number>
}

/** Which delivery a part belongs to. */
export interface DeliveryRef {
  readonly id: string
  readonly accountId: string
}

/** A delivery that waits or is being sent; `acceptedAt` in Unix ms. */
export interface WaitingDelivery extends DeliveryRef {
  readonly target: Destination
  readonly acceptedAt: number
}

/** A part that has its final state, since `settledAt` (Unix ms). */
export interface SettledPart extends DecidedPart {
  readonly deliveryId: string
  readonly accountId: string
}

/** A row of a part that was sent, since `at` (Unix ms). */
export interface SaidRow {
  readonly deliveryId: string
  readonly guid: string
  readonly at: number
}

/** Deliveries that are taken back: those of an account whose ids begin so. `why` is said of what was not sent for it. */
export interface Withdrawn {
  readonly accountId: string
  readonly idsFrom: string
  readonly why: string
}

/** What has become of a delivery that has no end yet, besides its parts. */
export interface Standing {
  /** Why it was taken back. */
  readonly withdrawn: Option.Option<string>
  /** Whether what it answers was accepted over a database that was replaced: a chat_id is not of this one. */
  readonly isStranded: boolean
}

/** What is said of a delivery that is accepted, and is no part of it: a retry has none of it. */
export interface AcceptedWith {
  /** When whoever waits for it gives up, Unix ms. */
  readonly giveUpAt?: number
  /** What its turn adds to a conversation. */
  readonly remembered?: Remembered
}

export class Outbox extends Context.Tag("imsg-gateway/Outbox")<
  Outbox,
  {
    /**
     * Writes a delivery down and, in the same write, what is remembered of it; neither where its account has one with the
     * same id and attempt.
     */
    readonly accept: (delivery: Delivery, also?: AcceptedWith) => Stored<Option.Option<OpenDelivery>>
    /**
     * Carries out the order to retry a delivery: it is accepted as its next attempt, behind what waits for its chat by
     * then, those of its parts can be sent that may be, and its letter says that it is under way. All of that or none of
     * it; none where it is not ordered any more, or was accepted before.
     */
    readonly retry: (letter: DeadLetter<DeadDelivery>) => Stored<Option.Option<OpenDelivery>>
    /**
     * Takes deliveries back: what of them was not sent is not sent, and becomes nobody's dead letter. What has begun to be
     * sent is looked up as ever.
     */
    readonly withdraw: (deliveries: Withdrawn) => Stored<void>
    /** What has become of a delivery meanwhile; to be asked before each try, once it is known by which child. */
    readonly standing: (delivery: DeliveryRef) => Stored<Standing>
    /** Whether a delivery was accepted, whatever became of it, for as long as that is remembered. */
    readonly isAccepted: (delivery: DeliveryRef) => Stored<boolean>

    /** A delivery that has no end yet, of its last attempt. */
    readonly find: (delivery: DeliveryRef) => Stored<Option.Option<OpenDelivery>>
    /** The oldest delivery of an account that may go on now: of each chat only the first can. */
    readonly next: (wanted: Wanted, now: number) => Stored<Option.Option<OpenDelivery>>
    /** When the next one may go on, Unix ms; none where none waits. */
    readonly nextAt: (wanted: Wanted, now: number) => Stored<Option.Option<number>>
    /**
     * Waits until a delivery is accepted for an account, on whichever host, if none was since the last time; the first
     * time it does not wait.
     */
    readonly arrival: (accountId: string) => Effect.Effect<void>
    /** Waits until a delivery has its end, where it may be another host that gives it; never ends where there is none. */
    readonly endedElsewhere: (delivery: DeliveryRef) => Effect.Effect<void>
    /** Lets a delivery wait until a time (Unix ms), with what is known of its part by then. */
    readonly pause: (delivery: OpenDelivery, until: number, progress: Progress) => Stored<void>
    /** Ends all such waiting: there is another child. */
    readonly resumeAll: (accountId: string) => Stored<void>
    /** A delivery has its end: its words go, and the next one of its chat is the first. */
    readonly end: (delivery: OpenDelivery) => Stored<void>

    /** The parts of a delivery as they were written down; none before its first try. */
    readonly parts: (deliveryId: string) => Stored<ReadonlyArray<PartRecord>>
    /** Writes parts down, all or none. */
    readonly putParts: (delivery: DeliveryRef, records: ReadonlyArray<PartRecord>) => Stored<void>
    /** As its standing says. */
    readonly isStranded: (delivery: DeliveryRef) => Stored<boolean>
    /** Whether a row of an account's database is that of a part: one that was sent, or is under way by this guid, however spelt. */
    readonly isClaimed: (accountId: string, guid: string) => Stored<boolean>

    /**
     * Whether a row of an account's database may be that of a part of which it is not known yet which row that is: one
     * that is being sent, or was and imsg did not name it.
     */
    readonly mayBeClaimed: (accountId: string, rowId: number) => Stored<boolean>
    /** The delivery of the part that a row is, as `isClaimed` says; none of a row that is no part. */
    readonly deliveryOf: (accountId: string, guid: string) => Stored<Option.Option<string>>
    /** The rows that were sent to a target and whose guids are known, at most so many, newest last. */
    readonly said: (accountId: string, target: Target, limit: number) => Stored<ReadonlyArray<SaidRow>>

    /** How many deliveries of each account have no end. */
    readonly counts: Stored<ReadonlyMap<string, number>>
    /** At most so many deliveries without an end, oldest first. */
    readonly waiting: (limit: number) => Stored<ReadonlyArray<WaitingDelivery>>
    /** At most so many parts, those that were settled last first. */
    readonly settled: (limit: number) => Stored<ReadonlyArray<SettledPart>>
  }
>() {}
