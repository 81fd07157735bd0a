/** The files of replies, from what an agent names to what is safe to send. */
import { Context, type Effect, type Option, type Scope, type Stream } from "effect"
import type { AgentConfig } from "../schemas/Config.ts"
import type { MediaRejected } from "../schemas/errors/media.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

export interface StageRequest {
  /** The delivery that the file belongs to; what is staged for one is released together. */
  readonly deliveryId: string
  /** Its place among the delivery's files, from 0. */
  readonly index: number
  /** A path or an http(s) address, as the agent gave it. */
  readonly source: string
  /** Whose `mediaRoots` and `mediaHosts` hold. */
  readonly agent: Pick<AgentConfig, "mediaRoots" | "mediaHosts">
  /** The largest file that is taken, in bytes. */
  readonly maxBytes: number
}

/** A file as it comes in from somebody who may have it sent. */
export interface ReceiveRequest<E> {
  /** What it is called there; a harmless name is made of it. */
  readonly name: string
  readonly bytes: Stream.Stream<Uint8Array, E>
  /** The largest file that is taken, in bytes. */
  readonly maxBytes: number
}

export class OutboundFiles extends Context.Tag("imsg-gateway/OutboundFiles")<
  OutboundFiles,
  {
    /**
     * Copies a file into the gateway's own folder and answers the copy's path: it stays the same however long the
     * delivery takes, whatever becomes of the original. Staging the same place of a delivery again replaces it.
     */
    readonly stage: (request: StageRequest) => Effect.Effect<string, MediaRejected | StoreUnavailable>
    /** Keeps a file that comes in, alone in a folder, for as long as the scope. Answers its path. */
    readonly receive: <E>(
      request: ReceiveRequest<E>
    ) => Effect.Effect<string, MediaRejected | StoreUnavailable | E, Scope.Scope>
    /**
     * The path on this host of a file that was staged for a delivery, here or on another host, before it is sent; none
     * where no host has it any more.
     */
    readonly here: (
      deliveryId: string,
      path: string
    ) => Effect.Effect<Option.Option<string>, StoreUnavailable>
    /** Removes what was staged for a delivery; nothing is no error. */
    readonly release: (deliveryId: string) => Effect.Effect<void>
    /** Removes what was staged before a time (Unix ms) for other deliveries than these. Answers how many they were. */
    readonly releaseOthers: (
      keep: ReadonlySet<string>,
      before: number
    ) => Effect.Effect<number, StoreUnavailable>
  }
>() {}
