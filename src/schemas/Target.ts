/** Where a message goes: a chat of Messages, or a person; how a person writes it, and how it is printed. */
import { Either, Schema } from "effect"
import { TargetInvalid } from "./errors/delivery.ts"
import { isPossibleNumber, normaliseHandle } from "./Handle.ts"
import { kindOf } from "./HandleKind.ts"
import type { ChatTarget, SendTarget } from "./ImsgMethod.ts"

/** The services of Messages; `auto` lets Messages choose. */
export const Service = Schema.Literal("imessage", "sms", "auto")
export type Service = typeof Service.Type

/**
 * What carries a message, as far as it matters to who wrote it: Apple vouches for the sender of an iMessage, and
 * nobody for that of an SMS. RCS counts as SMS: it comes in its place, by the same phone companies.
 */
export const MessageService = Schema.Literal("imessage", "sms")
export type MessageService = typeof MessageService.Type

/** Whether no service is left out. */
export const isEveryService = (services: ReadonlyArray<MessageService>): boolean =>
  MessageService.literals.every((service) => services.includes(service))

/** The service of a chat or a message by the name that Messages has for it; nothing where that tells none. */
export const messageService = (name: string | undefined): MessageService | undefined => {
  const plain = name?.toLowerCase() ?? ""
  if (plain.startsWith("imessage")) return "imessage"
  return plain === "sms" || plain === "rcs" || plain === "mms" ? "sms" : undefined
}

/** A chat. `chat_id` is preferred: it is a rowid of one database and names one thread in it. */
export const Chat = Schema.Union(
  Schema.TaggedStruct("ChatId", { chatId: Schema.Int }),
  Schema.TaggedStruct("ChatGuid", { chatGuid: Schema.String }),
  Schema.TaggedStruct("ChatIdentifier", { chatIdentifier: Schema.String })
)
export type Chat = typeof Chat.Type

/** A target: a chat, or a handle and the service to reach it by. */
export const Target = Schema.Union(
  ...Chat.members,
  Schema.TaggedStruct("Handle", { handle: Schema.String, service: Service })
)
export type Target = typeof Target.Type

/** Where a delivery goes: to a target, or to people who have no chat together until it has made one. */
export const Destination = Schema.Union(
  ...Target.members,
  Schema.TaggedStruct("NewChat", { addresses: Schema.Array(Schema.String) })
)
export type Destination = typeof Destination.Type

/** The chat as the methods of the private bridge want it. */
export const toChatTarget = (chat: Chat): ChatTarget => {
  switch (chat._tag) {
    case "ChatId":
      return { chat_id: chat.chatId }
    case "ChatGuid":
      return { chat_guid: chat.chatGuid }
    case "ChatIdentifier":
      return { chat_identifier: chat.chatIdentifier }
  }
}

/** The target as `send` wants it. `region` is a two-letter country code for numbers without one. */
export const toSendTarget = (target: Target, region: string): SendTarget =>
  target._tag === "Handle" ? { to: target.handle, service: target.service, region } : toChatTarget(target)

/** The one spelling of a target, which `parse` reads back whatever the service of the reader; and one of a new chat. */
export const print = (target: Destination): string => {
  switch (target._tag) {
    case "ChatId":
      return `chat_id:${target.chatId}`
    case "ChatGuid":
      return `chat_guid:${target.chatGuid}`
    case "ChatIdentifier":
      return `chat_identifier:${target.chatIdentifier}`
    case "Handle":
      return `${target.service}:${target.handle}`
    case "NewChat":
      return `new_chat:${target.addresses.join(",")}`
  }
}

/** A text that is equal for equal targets: deliveries to one target go out in order. */
export const targetKey: (target: Destination) => string = print

/** What a text is by its prefixes: a chat, already judged, or what may be a handle, with the services before it. */
export type Written =
  | { readonly _tag: "Chat"; readonly chat: Either.Either<Chat, TargetInvalid> }
  | { readonly _tag: "Handle"; readonly text: string; readonly services: ReadonlyArray<Service> }

const CHAT_FORMS = new Map<string, Chat["_tag"]>([
  ["chat_id", "ChatId"],
  ["chatid", "ChatId"],
  ["chat", "ChatId"],
  ["chat_guid", "ChatGuid"],
  ["chatguid", "ChatGuid"],
  ["guid", "ChatGuid"],
  ["chat_identifier", "ChatIdentifier"],
  ["chatidentifier", "ChatIdentifier"],
  ["chatident", "ChatIdentifier"]
])

const SERVICES = /^(?:(?:imessage|sms|auto|tel)\s*:\s*)*/i

const CHAT = /^(?<form>\w+)\s*:\s*(?<value>.*)$/su

/** The marks of writing direction that come along where a number is copied from an address book. */
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The spaces and dashes that address books and web pages put between the digits of a number. */
const SPACES = /[\u00a0\u2007\u202f]/gu
const DASHES = /[\u2010-\u2013\u2212]/gu
const NUMBER = /^\+?[\d ()./-]+$/u

/** A number with the marks of a keyboard; what is no number stays as it is written. */
const typed = (text: string): string => {
  const plain = text.replace(SPACES, " ").replace(DASHES, "-")
  return NUMBER.test(plain) ? plain : text
}

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u

const isService = Schema.is(Service)

const invalid = (input: string, expected: string) => Either.left(new TargetInvalid({ input, expected }))

const ONE_LINE = "one line without control characters"

/** What is expected where several services are named. */
export const oneService = (service: Service): string => `one service, as in ${service}:…`

/** The number that digits stand for, where it can be a rowid. */
const rowId = (digits: string): number | undefined => {
  const value = /^\d+$/u.test(digits) ? Number(digits) : 0
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

const chatOf = (form: Chat["_tag"], value: string, input: string): Either.Either<Chat, TargetInvalid> => {
  if (CONTROL.test(input.trim())) return invalid(input, ONE_LINE)
  switch (form) {
    case "ChatId": {
      const chatId = rowId(value)
      return chatId === undefined
        ? invalid(input, "a positive whole number after the colon, as in chat_id:42")
        : Either.right({ _tag: form, chatId })
    }
    case "ChatGuid":
      return value === ""
        ? invalid(input, "the guid of a chat after the colon, as in chat_guid:iMessage;+;chat42")
        : Either.right({ _tag: form, chatGuid: value })
    case "ChatIdentifier":
      return value === ""
        ? invalid(input, "the identifier of a chat after the colon, as in chat_identifier:chat42")
        : Either.right({ _tag: form, chatIdentifier: value })
  }
}

/** Reads the prefixes of a text, in any case and with spaces around their colons: targets and allow lists share them. */
export const readPrefixes = (input: string): Written => {
  const all = input.replace(DIRECTION_MARKS, "").trim()
  const [prefixes = ""] = SERVICES.exec(all) ?? []
  const text = all.slice(prefixes.length)
  const { form = "", value = "" } = CHAT.exec(text)?.groups ?? {}
  const tag = CHAT_FORMS.get(form.toLowerCase())
  return tag === undefined
    ? { _tag: "Handle", text: typed(text), services: prefixes.toLowerCase().split(/\W+/u).filter(isService) }
    : { _tag: "Chat", chat: chatOf(tag, value, input) }
}

/** A short code of a company; in some countries short texts of digits are phone numbers, and read as these first. */
const isShortCode = (handle: string): boolean => /^\d{3,8}$/u.test(handle)

/** Whether a handle is of somebody who can be named without a service: a person, or a business of Messages. */
export const standsAlone = (handle: string): boolean => {
  const kind = kindOf(handle)
  return kind === "email" || kind === "business" || isPossibleNumber(handle)
}

/** What was expected where a text names nobody. `region` is a two-letter country code. */
export const expectedHandle = (text: string, services: ReadonlyArray<Service>, region: string): string => {
  const [service] = services
  if (text === "" && service !== undefined) return `a phone number or an email after ${service}:`
  if (/;[+-];/u.test(text)) return `chat_guid: before the guid of a chat, as in chat_guid:${text}`
  if (/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text)) return "a handle without invisible characters"
  if (text.includes("@")) {
    return /[^ -~]/u.test(text)
      ? "an email of plain letters (a domain of others in its xn-- form), such as user@example.com"
      : "an email with both its sides, such as user@example.com"
  }
  if (/^[+\d\s().-]+$/u.test(text) && text.includes("+")) {
    return "a phone number with its country code, such as +15555550123"
  }
  if (/^(?=.*\d)[\d\s().-]+$/u.test(text)) {
    const others = [
      ...(rowId(text) === undefined ? [] : [`a chat is written chat_id:${rowId(text)}`]),
      ...(isShortCode(text) ? [`a short code sms:${text}`] : [])
    ]
    const number = `a number that is a possible phone number in ${region.toUpperCase()}`
    return others.length === 0 ? number : `${number} (${others.join(", ")})`
  }
  return "chat_id:42, chat_guid:…, chat_identifier:…, a phone number or an email"
}

/**
 * Reads a target in any spelling. `region` (a two-letter country code) reads phone numbers without a country code,
 * `service` holds where the text names none. Chats: `chat_id:5`, `chat_guid:…`, `chat_identifier:…`, with their
 * shorter spellings. Handles: a phone number, an email or a business id (`urn:biz:…`), after `imessage:`, `sms:`
 * or `auto:` where the service matters; a short code of 3 to 8 digits only after one of these.
 */
export const parse = (
  input: string,
  options: { readonly region: string; readonly service: Service }
): Either.Either<Target, TargetInvalid> => {
  const written = readPrefixes(input)
  if (written._tag === "Chat") return written.chat
  const { services, text } = written
  if (CONTROL.test(input.trim())) return invalid(input, ONE_LINE)
  const [service = options.service] = services
  if (services.some((other) => other !== service)) return invalid(input, oneService(service))
  const handle = normaliseHandle(text, options.region)
  return standsAlone(handle) || (services.length > 0 && isShortCode(handle))
    ? Either.right({ _tag: "Handle", handle, service })
    : invalid(input, expectedHandle(text, services, options.region))
}
