/**
 * What the host that runs an account does for the other hosts of a cluster. Nothing of it is persisted: who asks while
 * that host is away is told so, and asks again if it matters. Apart from `Actors.ts`, since one process needs none of it.
 */
import { Entity } from "@effect/cluster"
import { Rpc } from "@effect/rpc"
import { Schema } from "effect"
import { EnvelopeAttachment } from "./Envelope.ts"
import { AccountNotRunning } from "./errors/control.ts"
import {
  ChildExited,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  ProtocolViolation,
  ResponseTooLong,
  RpcFailed,
  RpcTimeout
} from "./errors/imsg.ts"
import { SshFailed } from "./errors/ssh.ts"
import { Chat } from "./Target.ts"
import { GivenFile, WithheldFile } from "./Turn.ts"

/** A text that may not be there: JSON knows null, and leaves out what is undefined. */
const orUndefined = Schema.transform(Schema.NullOr(Schema.String), Schema.UndefinedOr(Schema.String), {
  strict: true,
  decode: (text) => text ?? undefined,
  encode: (text) => text ?? null
})

const Capabilities = Schema.Struct({
  bridge: Schema.Literal("ready", "absent", "broken"),
  bridgeVersion: orUndefined,
  error: orUndefined,
  methods: Schema.ReadonlySet(Schema.String),
  features: Schema.ReadonlyMap({ key: Schema.String, value: Schema.Number })
})

/** The child of an account: what its build knows, and what it can do now. */
export const ChildKnown = Schema.Struct({
  build: Schema.Struct({ version: orUndefined, methods: Schema.ReadonlySet(Schema.String) }),
  capabilities: Capabilities
})
export type ChildKnown = typeof ChildKnown.Type

/** How a question to a child fails, where it was asked by another host. */
const AskFailure = Schema.Union(
  AccountNotRunning,
  ChildExited,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  ProtocolViolation,
  ResponseTooLong,
  RpcFailed,
  RpcTimeout,
  SshFailed
)

/** The child that runs now; null where none does. */
const Child = Rpc.make("Child", { success: Schema.NullOr(ChildKnown) })

/**
 * Asks the child: a method that only reads, by its name. Answers what imsg does, as it does; who asked knows the form of
 * it. `timeoutMs` begins where the child is.
 */
const Ask = Rpc.make("Ask", {
  payload: {
    method: Schema.String,
    params: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
    timeoutMs: Schema.Number
  },
  success: Schema.Unknown,
  error: AskFailure
})

/** Has the child replaced, at once. */
const Restart = Rpc.make("Restart")

/** How long somebody is seen writing whose host says nothing more of it, in ms. */
export const LEASE_MS = 30_000

/** Somebody is to be seen writing in a chat, for a turn. It ends by itself after `LEASE_MS`: who said it may have died. */
const Typing = Rpc.make("Typing", { payload: { turn: Schema.String, chat: Chat } })

/** The turn is over. */
const Quiet = Rpc.make("Quiet", { payload: { turn: Schema.String } })

/** What is in the chat by now was accepted. */
const Read = Rpc.make("Read", { payload: { chat: Chat } })

/** Whether somebody is seen writing now. */
const IsShown = Rpc.make("IsShown", { payload: { chat: Chat }, success: Schema.Boolean })

/** A piece of a file: first what it is, `bytes` its size; then its contents in their order. */
export const FilePiece = Schema.Union(
  Schema.TaggedStruct("File", GivenFile.pick("mimeType", "name", "bytes").fields),
  // The runners speak JSON among each other.
  Schema.TaggedStruct("Contents", { contents: Schema.Uint8ArrayFromBase64 })
)
export type FilePiece = typeof FilePiece.Type

/** The most of a file that is in one piece, in bytes. */
export const PIECE_BYTES = 256 * 1024

/** Why a file is not given. */
export const FileRefusal = WithheldFile.fields.reason
export type FileRefusal = typeof FileRefusal.Type

/**
 * A file of a message, as `InboundFiles` of that host gives it to such a reader: small enough, and within the account's
 * folders there.
 */
const ReadFile = Rpc.make("ReadFile", {
  payload: { file: EnvelopeAttachment, reader: Schema.Literal("model", "program") },
  success: FilePiece,
  error: FileRefusal,
  stream: true
})

/** An account, addressed by `placeOfAccount`: it runs where the account's child does. */
export const AccountActor = Entity.make("Account", [
  Child,
  Ask,
  Restart,
  Typing,
  Quiet,
  Read,
  IsShown,
  ReadFile
])
