/** What people may tell the gateway itself in a chat, as they write it. */
import { Data } from "effect"
import { seen } from "./seen.ts"

/** `code` is as it was written, in any case; `chat` is an id, or a target as `status` prints it. */
export type ChatCommand = Data.TaggedEnum<{
  Stop: Record<never, never>
  New: Record<never, never>
  Status: Record<never, never>
  Help: Record<never, never>
  /** Who waits to be let in. */
  Pairing: Record<never, never>
  Pair: { readonly code: string }
  Reject: { readonly code: string }
  /** Which chats are paused. */
  Paused: Record<never, never>
  Pause: { readonly chat: string }
  Resume: { readonly chat: string }
  /** Which agents wait for leave. */
  Permissions: Record<never, never>
  Allow: { readonly code: string }
  Deny: { readonly code: string }
}>
export const ChatCommand = Data.taggedEnum<ChatCommand>()

export type CommandName = ChatCommand["_tag"]

type Reader = (given: string | undefined) => ChatCommand | undefined

/** A word that is a command by itself, and is none with anything after it. */
const alone =
  (command: ChatCommand): Reader =>
  (given) =>
    given === undefined ? command : undefined

/** A word that is about something; by itself it asks what there is. */
const about =
  (command: (given: string) => ChatCommand, otherwise: ChatCommand): Reader =>
  (given) =>
    given === undefined ? otherwise : command(given)

const READERS: ReadonlyMap<string, Reader> = new Map([
  ["stop", alone(ChatCommand.Stop())],
  ["new", alone(ChatCommand.New())],
  ["reset", alone(ChatCommand.New())],
  ["status", alone(ChatCommand.Status())],
  ["help", alone(ChatCommand.Help())],
  ["pairing", alone(ChatCommand.Pairing())],
  ["pair", about((code) => ChatCommand.Pair({ code }), ChatCommand.Pairing())],
  ["reject", about((code) => ChatCommand.Reject({ code }), ChatCommand.Pairing())],
  ["pause", about((chat) => ChatCommand.Pause({ chat }), ChatCommand.Paused())],
  ["resume", about((chat) => ChatCommand.Resume({ chat }), ChatCommand.Paused())],
  ["allow", about((code) => ChatCommand.Allow({ code }), ChatCommand.Permissions())],
  ["deny", about((code) => ChatCommand.Deny({ code }), ChatCommand.Permissions())]
])

/** A slash, a word, and at most one word more: whatever goes on after that is for the agent. */
const WRITTEN = /^\/(?<word>[a-z]+)(?:\s+(?<given>\S+))?$/iu

/**
 * The command that a text is, and nothing but that; nothing for any other text. The word is read in any case, for
 * keyboards capitalise it, and with the spaces and the invisible characters that they put around it.
 */
export const parseCommand = (text: string): ChatCommand | undefined => {
  const { given, word = "" } = WRITTEN.exec(seen(text).trim())?.groups ?? {}
  return READERS.get(word.toLowerCase())?.(given)
}
