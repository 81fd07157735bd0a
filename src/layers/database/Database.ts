/** The gateway's database: what every store is written on, whether it is a file here or a server of several hosts. */
import { Context, type Effect, type Stream, type SubscriptionRef } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { Statement, Step } from "./Step.ts"

/** What the gateways of other hosts are told: that something is new of a kind, and of which. */
export interface Told {
  readonly topic: "outbox" | "mailbox" | "stops" | "permissions"
  /** An account, an actor, a number: what the topic's own store makes of it. */
  readonly of: string
}

export class Database extends Context.Tag("imsg-gateway/Database")<
  Database,
  {
    /** Prepares a statement for as long as the database is open. `Row` is what it selects. */
    readonly prepare: <Row = never>(sql: string) => Statement<Row>
    /** Runs statements that read. */
    readonly read: <A>(steps: () => Step<A>) => Effect.Effect<A, StoreUnavailable>
    /**
     * Runs statements that write, all or none, and is done when they are committed. Nothing comes between them, and
     * they may be run again from the beginning: they change nothing but the database.
     */
    readonly write: <A>(steps: () => Step<A>) => Effect.Effect<A, StoreUnavailable>
    /** Whether other hosts write it too: then what this one knows of it may be out of date. */
    readonly isShared: boolean
    /** Within a write: tells the gateways of other hosts, once it is committed. Where there are none it does nothing. */
    readonly tell: (told: Told) => Step<void>
    /** What the gateways of other hosts told, and this one; nothing where there are none. Some may be missed. */
    readonly told: Stream.Stream<Told>
    /** Why the last write was refused, by the disk or by who else writes; nothing where it was not. */
    readonly refusal: SubscriptionRef.SubscriptionRef<StoreUnavailable | undefined>
    /** Fails once the database turns out to be corrupt, or is gone; never succeeds. */
    readonly corrupted: Effect.Effect<never, StoreUnavailable>
  }
>() {}
