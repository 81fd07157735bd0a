/** A request of `imsg rpc` as a value: its name, its documented parameters, and what it answers. */
import { Schema } from "effect"
import { lenient } from "./lenient.ts"

/** A request of the protocol: its name, the parameters that are documented for it, and what it answers. */
export interface Method<P, A, I> {
  readonly name: string
  readonly result: Schema.Schema<A, I>
  /** Whether it changes anything in Messages: builds before 0.14 answer nothing else while it runs. */
  readonly mutates: boolean
  /** Phantom: the parameters' type. */
  readonly _params?: (params: P) => void
}

export const method =
  <P>() =>
  <A, I>(
    name: string,
    result: Schema.Schema<A, I>,
    options?: { readonly mutates: boolean }
  ): Method<P, A, I> => ({
    name,
    result,
    mutates: options?.mutates ?? false
  })

/** A chat by one of its names, as the methods of the private bridge take it. */
export type ChatTarget =
  | { readonly chat_id: number }
  | { readonly chat_guid: string }
  | { readonly chat_identifier: string }

/** The chat or handle that a `send` goes to: exactly one of the four. */
export type SendTarget =
  | ChatTarget
  | { readonly to: string; readonly service: "imessage" | "sms" | "auto"; readonly region: string }

/** What a `send` answers; the ids are best effort. */
export const Sent = Schema.Struct({
  ok: lenient(Schema.Boolean),
  id: lenient(Schema.Int),
  guid: lenient(Schema.String)
})
