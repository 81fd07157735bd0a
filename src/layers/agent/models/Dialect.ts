/** What a model is asked and what it answers, whichever way its server speaks. */
import { type Array as Arr, Data, type Redacted } from "effect"

/** A picture as it is sent. */
export interface Picture {
  readonly mimeType: string
  readonly base64: string
}

export interface ModelMessage {
  readonly role: "user" | "assistant"
  readonly text: string
  readonly pictures: ReadonlyArray<Picture>
}

/** What a model is asked. */
export interface Asked {
  /** Words of the config, and of the gateway: nothing that people wrote. */
  readonly system: string
  /** Oldest first; they begin with a user's, and no two that follow each other are of the same role. */
  readonly messages: Arr.NonEmptyReadonlyArray<ModelMessage>
  /** Who asks, as a word that says nothing of them. */
  readonly user: string
  /** Without what a server can do without: some refuse what they do not know. */
  readonly isBare: boolean
}

/** What a server has against a request, or says of its own failure; `code` and `type` are words for programs. */
export interface Complaint {
  readonly said: string
  readonly code?: string
  readonly type?: string
}

/** How an answer ended: by itself, because it became too long, or because a filter kept the rest back. */
export type End = "complete" | "length" | "filtered"

/** What an answer comes to, piece by piece. */
export type Piece = Data.TaggedEnum<{
  Text: { readonly text: string }
  /** The words with which the model refuses; OpenAI has them apart. */
  Refusal: { readonly text: string }
  Usage: { readonly inputTokens: number }
  End: { readonly end: End }
  /** Nothing follows. */
  Last: object
  Failure: { readonly complaint: Complaint }
}>
export const Piece = Data.taggedEnum<Piece>()

/** How a kind of server is spoken to. Frames that it does not know are no pieces. */
export interface Dialect {
  readonly url: string
  readonly headers: Readonly<Record<string, Redacted.Redacted<string>>>
  readonly body: (asked: Asked) => unknown
  /** Of an answer in one piece. */
  readonly whole: (answer: unknown) => ReadonlyArray<Piece>
  /** Of an event of an answer that is streamed; `data` is what it holds, decoded. */
  readonly event: (data: unknown) => ReadonlyArray<Piece>
}
