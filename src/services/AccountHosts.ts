/**
 * The hosts that run the accounts of a cluster, as every other host may ask them. Where one process runs all there is none
 * of it.
 */
import { ClusterSchema } from "@effect/cluster"
import type { AlreadyProcessingMessage, MailboxFull, PersistenceError } from "@effect/cluster/ClusterError"
import { Context, type Effect, type Scope, type Stream } from "effect"
import { AccountActor, type FileRefusal } from "../schemas/AccountActor.ts"
import type { EnvelopeAttachment } from "../schemas/Envelope.ts"
import type { AccountNotRunning } from "../schemas/errors/control.ts"
import type { GivenFile } from "../schemas/Turn.ts"
import { accountOfPlace, type ShardGroups } from "./Actors.ts"
import type { FileReader } from "./InboundFiles.ts"

/** The actor of an account, which has its place beside the account itself. */
export const accountActorIn = (groups: ShardGroups) =>
  AccountActor.annotate(ClusterSchema.ShardGroup, (place) => groups.ofAccount(accountOfPlace(place)))

/** What the host of an account can be asked for. */
export type AccountClient = ReturnType<Effect.Effect.Success<(typeof AccountActor)["client"]>>

/** How the engine fails to hand something over. */
export type NotHandedOver = MailboxFull | AlreadyProcessingMessage | PersistenceError

/** A file of an account, by what its message says of it. */
export interface FileOfAccount {
  readonly accountId: string
  readonly file: EnvelopeAttachment
  readonly reader: FileReader
}

/** A file on its way: what it is, and its contents. `bytes` is its size. */
export interface FileOnItsWay extends Pick<GivenFile, "name" | "mimeType" | "bytes"> {
  /** As many bytes as it has; where fewer or more come it could not be fetched. Read once. */
  readonly contents: Stream.Stream<Uint8Array, FileRefusal>
}

export class AccountHosts extends Context.Tag("imsg-gateway/AccountHosts")<
  AccountHosts,
  {
    /** Whether this host runs the account, or is about to. */
    readonly isHere: (accountId: string) => Effect.Effect<boolean>
    /**
     * Asks the host of an account, for `withinMs` at most. Where there is none, or it does not answer in time, or it ends
     * meanwhile, the account is not running.
     */
    readonly ask: <A, E>(
      accountId: string,
      use: (host: AccountClient) => Effect.Effect<A, E>,
      withinMs: number
    ) => Effect.Effect<A, Exclude<E, NotHandedOver> | AccountNotRunning>
    /** Has the child of an account replaced. */
    readonly restart: (accountId: string) => Effect.Effect<void, AccountNotRunning>
    /**
     * Opens a file that the host of its account has, for as long as the scope. It is refused for a reason, which may be
     * that the host says nothing for a while.
     */
    readonly file: (wanted: FileOfAccount) => Effect.Effect<FileOnItsWay, FileRefusal, Scope.Scope>
  }
>() {}
