/** Files on the Macs that are reached over SSH. */
import { Context, type Effect } from "effect"
import type { EnvironmentConfig } from "../schemas/Config.ts"

/** What a command line of ssh says of the way to a host: `program` with `options`, then the `destination`. */
export interface SshWay {
  readonly program: string
  readonly options: ReadonlyArray<string>
  readonly destination: string
}

/** The way to a host, and what the account that it belongs to gives its programs. */
export interface RemoteHost extends SshWay {
  readonly environment: EnvironmentConfig
}

export interface FetchRequest {
  readonly host: RemoteHost
  /** The file's absolute path on the host. */
  readonly path: string
  /** Folders of the host; one of them must hold the file. `~` is the home folder there. */
  readonly roots: ReadonlyArray<string>
  /** The largest file that is taken, in bytes. */
  readonly maxBytes: number
  /** Whether a picture that is large, or that models cannot read, comes as a JPEG where the host can make one. */
  readonly asPicture?: boolean
  /** How long it may take, in milliseconds, waiting for others included. */
  readonly withinMs: number
}

/** Why a file is not there after a fetch. */
export type FetchFailure =
  | "too large"
  | "missing"
  | "not a file"
  | "outside the allowed folders"
  | "could not be fetched"

/** A copy on this machine; `bytes` is its size. */
export interface FetchedFile {
  readonly path: string
  readonly bytes: number
}

export class RemoteFiles extends Context.Tag("imsg-gateway/RemoteFiles")<
  RemoteFiles,
  {
    /**
     * Copies a file of a host into the gateway's own folder, or answers the copy that is there already. The copies
     * are kept for a while, within bounds.
     */
    readonly fetch: (request: FetchRequest) => Effect.Effect<FetchedFile, FetchFailure>
  }
>() {}
