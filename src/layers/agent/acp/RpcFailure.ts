/** Why an agent of the Agent Client Protocol does not answer a request. */
import type { RequestError } from "@agentclientprotocol/sdk"
import { Data, Option, Schema } from "effect"

/** Why there is no answer to a request. `said` is in the agent's words. */
export type RpcFailure = Data.TaggedEnum<{
  Refused: {
    readonly method: string
    readonly code: number
    readonly said: string
    /** The session that it is about, where it says so. */
    readonly sessionId?: string
  }
  /** The process has ended. */
  Ended: { readonly detail: string; readonly said: string }
  Malformed: { readonly method: string }
  Late: { readonly method: string; readonly afterMs: number }
}>
export const RpcFailure = Data.taggedEnum<RpcFailure>()

const decodeAbout = Schema.decodeUnknownOption(Schema.Struct({ sessionId: Schema.String }))

/** The error that an agent has answered a request with. */
export const refusal = (
  method: string,
  { code, data, message }: Pick<RequestError, "code" | "data" | "message">
): RpcFailure =>
  RpcFailure.Refused({ method, code, said: message, ...Option.getOrElse(decodeAbout(data), () => ({})) })
