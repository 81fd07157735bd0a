/** The hosts of a cluster, and which of them runs which account. One process by itself is none. */
import { Context, Effect, Option, type Scope, type Stream } from "effect"
import type { HostPutOut, HostTaken, StoreUnavailable } from "../schemas/errors/store.ts"
import type { NumberedEvent } from "../schemas/GatewayEvent.ts"
import type { AccountStatus } from "./Accounts.ts"

/** `silent` is one that has not been heard of for too long without having said that it stops. */
export type HostState = "here" | "up" | "silent" | "stopped"

/** A host as it said of itself last. Times are Unix milliseconds of the clock here. */
export interface Host {
  readonly name: string
  readonly state: HostState
  /** Where the others reach it, `host:port`. */
  readonly address: string
  readonly version: string
  readonly pid: number
  readonly startedAt: number
  readonly seenAt: number
  /** By how much its clock is behind the database's, in ms; less than 0 where it is ahead. */
  readonly clockBehindMs: number
}

/** How an account is, as the host that runs it wrote last, or ran it last. */
export interface HostedAccount {
  readonly host: string
  readonly status: AccountStatus
}

/** Something that happened, and on which host. */
export interface HostEvent extends NumberedEvent {
  readonly host: string
}

export interface Cluster {
  /** The name of this host. */
  readonly here: string
  /** Fails once another process has the name or the address of this one, which was away for too long. */
  readonly taken: Effect.Effect<never, HostTaken | HostPutOut>
  /** By their names. */
  readonly all: Effect.Effect<ReadonlyArray<Host>, StoreUnavailable>
  /** The accounts that any host runs or ran, by their ids. */
  readonly accounts: Effect.Effect<ReadonlyMap<string, HostedAccount>, StoreUnavailable>
  /** The accounts that run here, by their ids: now, and after each change. */
  readonly hosted: Stream.Stream<ReadonlyArray<string>>
  readonly runsHere: (accountId: string) => Effect.Effect<boolean>
  /** Runs an account: for as long it is one of this host, and the others are told how it is. */
  readonly hosting: (accountId: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Listens to what happens on the other hosts from now on, until the scope closes; without words unless with `bodies`. */
  readonly listen: (options: {
    readonly bodies: boolean
  }) => Effect.Effect<Stream.Stream<HostEvent>, never, Scope.Scope>
}

export class Hosts extends Context.Reference<Hosts>()("imsg-gateway/Hosts", {
  defaultValue: (): Option.Option<Cluster> => Option.none()
}) {}

/** Runs an account, and lets the other hosts of a cluster know that it runs here. */
export const hostedHere =
  (accountId: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(
      Hosts,
      Option.match({ onNone: () => effect, onSome: ({ hosting }) => hosting(accountId)(effect) })
    )

/** Whether another host is to do what is done where an account runs; not in one process. */
export const runsElsewhere = (accountId: string): Effect.Effect<boolean> =>
  Effect.flatMap(
    Hosts,
    Option.match({
      onNone: () => Effect.succeed(false),
      onSome: ({ runsHere }) => Effect.map(runsHere(accountId), (isHere) => !isHere)
    })
  )
