/** One `imsg rpc` child as a scoped session. */
import { Context, type Effect, type Mailbox, type Scope, type Stream } from "effect"
import type { Capabilities } from "../schemas/Capabilities.ts"
import type { AccountConfig, EnvironmentConfig } from "../schemas/Config.ts"
import type {
  ChildExited,
  ChildStuck,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  ProtocolViolation,
  ResponseTooLong,
  RpcFailed,
  RpcTimeout
} from "../schemas/errors/imsg.ts"
import type { SshFailed } from "../schemas/errors/ssh.ts"
import type { Method } from "../schemas/ImsgMethod.ts"
import type { Notification, Status } from "../schemas/ImsgProtocol.ts"

/** Why a child is of no more use. */
export type SessionEnd =
  | ChildExited
  | ImsgNotFound
  | ImsgUnsupported
  | PermissionDenied
  | ProtocolViolation
  | SshFailed

/** How a request fails. */
export type RequestError =
  | SessionEnd
  | RpcTimeout
  | RpcFailed
  | ResponseTooLong
  | PermissionDenied
  | DatabaseUnavailable

/** How a child fails to start. */
export type OpenError = RequestError | ChildStuck

/** What a build can do, found out by asking. */
export interface Build {
  readonly version: string | undefined
  /** Whether reads are answered while a `send` runs (0.14+, the builds that know `initialize`). */
  readonly concurrentReads: boolean
  readonly methods: ReadonlySet<string>
  /** The path of its `chat.db`, where it says so (0.14+). */
  readonly database?: string | undefined
}

/** What a child says unasked. Where its rows are not read, of one only that it is there. */
export type Announcement = Notification | { readonly method: "row" }

export interface ImsgSession {
  /** What it can do now beside reading and sending, as it said last. */
  readonly capabilities: Effect.Effect<Capabilities>
  /** The same as it is now, and then each time that it was told. */
  readonly capabilityChanges: Stream.Stream<Capabilities>
  /** Asks it how it is (0.14+), and learns what it can do now. */
  readonly status: (timeoutMs: number) => Effect.Effect<Status, RequestError>
  /**
   * Builds before 0.14: runs the command `imsg status`, beside the child and by the same way, and learns what it can do
   * now. Answers whether the build has it; takes as long as a process.
   */
  readonly statusCommand: Effect.Effect<boolean>
  /** It has refused something for want of its bridge: until it says otherwise, it has none. */
  readonly bridgeRefused: Effect.Effect<void>
  readonly pid: number
  /** The command line, for errors. */
  readonly command: string
  readonly build: Build
  /**
   * Sends a request and waits for its response, `timeoutMs` at most. A response that comes later is dropped; the
   * request itself cannot be taken back.
   */
  readonly request: <P extends object, A, I>(
    method: Method<P, A, I>,
    params: P,
    timeoutMs: number
  ) => Effect.Effect<A, RequestError>
  /**
   * What the child says unasked, in its order. Taking is what keeps the pipe flowing: while nobody takes, nothing
   * is read, responses included. Fails with the session's end.
   */
  readonly notifications: Mailbox.ReadonlyMailbox<Announcement, SessionEnd>
  /** From now on rows that it announces are not read: to read one costs more than all else that is done for its line. */
  readonly forgoRows: Effect.Effect<void>
  /** Fails as soon as the child is of no more use. */
  readonly ended: Effect.Effect<never, SessionEnd>
  /** How long the child has said nothing, in ms; a child that says something lives. */
  readonly silentFor: Effect.Effect<number>
  /** Ends the child at once. One that does not react need not be given time to end by itself. */
  readonly kill: Effect.Effect<void>
  /** Whether it leads over SSH, where answers can take as long as the network pleases. */
  readonly isRemote: boolean
  /** Whether nothing that was asked waits for its answer. */
  readonly isIdle: Effect.Effect<boolean>
  /** Whether a mutation is on its way: builds without concurrent reads answer nothing else until it is done. */
  readonly isMutating: Effect.Effect<boolean>
}

export interface OpenOptions extends EnvironmentConfig {
  /** A program, or a command line: a program and its leading arguments, with the quotes of a shell. */
  readonly cliPath: string
  /** The Mac that it leads to, where neither the command line nor the wrapper tells. */
  readonly remoteHost: string | undefined
  readonly dbPath: string | undefined
  /** How long spawn and handshake may take together, in milliseconds. */
  readonly startTimeoutMs: number
}

/** How a child of an account is opened, where it need not be quicker than its own time allows. */
export const openOptions = (
  { cliPath, dbPath, env, passEnv, remoteHost, supervision }: AccountConfig,
  startTimeoutMs: number = supervision.startTimeoutMs
): OpenOptions => ({ cliPath, remoteHost, dbPath, env, passEnv, startTimeoutMs })

export class ImsgProcess extends Context.Tag("imsg-gateway/ImsgProcess")<
  ImsgProcess,
  {
    /** Starts a child and shakes hands with it. Closing the scope ends it with everything it started. */
    readonly open: (options: OpenOptions) => Effect.Effect<ImsgSession, OpenError, Scope.Scope>
  }
>() {}
