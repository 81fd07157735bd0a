/** The entries of `allowFrom` and `groupAllowFrom`: who is admitted, and by which service. */
import { Array as Arr, Either } from "effect"
import { namesChat } from "./chatGuid.ts"
import type { Envelope } from "./Envelope.ts"
import { normaliseHandle } from "./Handle.ts"
import { kindOf } from "./HandleKind.ts"
import {
  type Chat,
  expectedHandle,
  type MessageService,
  oneService,
  readPrefixes,
  type Service,
  standsAlone
} from "./Target.ts"

/** What an entry names. `via` is the one service that somebody is admitted by; absent for every one. */
export type Entry =
  | { readonly _tag: "Everyone" }
  | { readonly _tag: "Chat"; readonly chat: Chat }
  | { readonly _tag: "Sender"; readonly handle: string; readonly via?: MessageService }

/** Entries, sorted by what they name. */
export interface AllowList {
  readonly everyone: boolean
  /** The services that a handle is admitted by. */
  readonly handles: ReadonlyMap<string, ReadonlySet<MessageService> | "every">
  readonly chatIds: ReadonlySet<number>
  /** As they are written: the service in one may be another by now. */
  readonly chatGuids: ReadonlyArray<string>
  readonly chatIdentifiers: ReadonlySet<string>
}

/** Whether an entry admits everyone. */
export const isWildcard = (entry: string): boolean => entry.trim() === "*"

const EVERYONE = '"*" alone for everyone; imessage.services says which services may be used'

const ACCESS_GROUP =
  "the phone numbers and emails themselves, for there are no access groups here; write those of the group instead"

const ONE_HANDLE = "the phone number or the email alone, without the name of its owner"

const NO_RCS = "sms: in place of rcs:, for RCS counts as SMS here"

/** Words around what may be a number or an address. */
const hasWordsAroundHandle = (text: string): boolean =>
  /\p{L}.*[\s<]/su.test(text) && (text.includes("@") || text.replace(/\D/gu, "").length >= 7)

/** What was expected where an entry names nobody. */
const expectedSender = (text: string, services: ReadonlyArray<Service>, region: string): string => {
  if (text === "*") return EVERYONE
  if (/^access-?group\s*:/iu.test(text)) return ACCESS_GROUP
  if (/^rcs\s*:/iu.test(text)) return NO_RCS
  if (hasWordsAroundHandle(text)) return ONE_HANDLE
  const expected = expectedHandle(text, services, region)
  return kindOf(normaliseHandle(text, region)) === "name"
    ? `${expected} (a company that writes under this name is sms:${text})`
    : expected
}

/** A code that is taken for one without its service. More digits may as well be a number without its area code. */
const PLAIN_CODE = /^\d{3,6}$/u

/** Codes, and names that companies write under: what only a phone company gives, and iMessage has not. */
const isOfPhoneCompany = (handle: string): boolean => {
  const kind = kindOf(handle)
  return kind === "code" || kind === "name"
}

/** What was expected where who is named by an entry writes by none of the services; nothing where they can. */
export const unserved = (entry: Entry, services: ReadonlyArray<MessageService>): string | undefined => {
  if (entry._tag !== "Sender") return undefined
  const by = entry.via ?? (isOfPhoneCompany(entry.handle) ? "sms" : undefined)
  return by === undefined || services.includes(by)
    ? undefined
    : `somebody who writes by ${services.join(" or ")}, since ${by} is not in services`
}

/**
 * Reads an entry: a handle in any usual spelling, a chat as targets are written (`chat_id:5`, `chat_guid:…`,
 * `chat_identifier:…`), or `*`. After `imessage:` or `sms:` a handle is admitted over that service only; the name that
 * a company writes under, and a code of more than six digits, stand only after `sms:`. Of what can name nobody it is said
 * what was expected. `region` is a two-letter country code.
 */
export const readEntry = (entry: string, region: string): Either.Either<Entry, string> => {
  if (isWildcard(entry)) return Either.right({ _tag: "Everyone" })
  const written = readPrefixes(entry)
  if (written._tag === "Chat") {
    return Either.mapBoth(written.chat, {
      onLeft: ({ expected }) => expected,
      onRight: (chat) => ({ _tag: "Chat", chat })
    })
  }
  const { services, text } = written
  const [service] = services
  if (service !== undefined && services.some((other) => other !== service)) {
    return Either.left(oneService(service))
  }
  const handle = normaliseHandle(text, region)
  const isNamed =
    standsAlone(handle) ||
    (isOfPhoneCompany(handle) && (service === "sms" || (service !== "imessage" && PLAIN_CODE.test(handle))))
  if (!isNamed) return Either.left(expectedSender(text, services, region))
  return Either.right({
    _tag: "Sender",
    handle,
    ...(service === undefined || service === "auto" ? {} : { via: service })
  })
}

/** Reads entries; what can name nobody admits nobody. */
export const parseAllowList = (entries: ReadonlyArray<string>, region: string): AllowList => {
  const handles = new Map<string, Set<MessageService> | "every">()
  const chatIds = new Set<number>()
  const chatGuids: Array<string> = []
  const chatIdentifiers = new Set<string>()
  let everyone = false
  for (const entry of Arr.getRights(entries.map((each) => readEntry(each, region)))) {
    switch (entry._tag) {
      case "Everyone":
        everyone = true
        break
      case "Sender": {
        const { handle, via } = entry
        const before = handles.get(handle)
        handles.set(
          handle,
          via === undefined || before === "every" ? "every" : new Set([...(before ?? []), via])
        )
        break
      }
      case "Chat":
        if (entry.chat._tag === "ChatId") chatIds.add(entry.chat.chatId)
        else if (entry.chat._tag === "ChatGuid") chatGuids.push(entry.chat.chatGuid)
        else chatIdentifiers.add(entry.chat.chatIdentifier)
        break
    }
  }
  return { everyone, handles, chatIds, chatGuids, chatIdentifiers }
}

/** Where Messages does not say by which service somebody wrote, an entry for one service does not name them. */
const admitsSender = ({ handles }: AllowList, { sender, via }: Envelope): boolean => {
  const services = handles.get(sender)
  if (services === undefined) return false
  return services === "every" || (via !== undefined && services.has(via))
}

const admitsGuid = ({ chatGuids }: AllowList, { chatGuid, via }: Envelope): boolean =>
  chatGuid !== undefined && chatGuids.some((written) => namesChat(written, chatGuid, via))

/** Whether an entry names the sender or the chat of an envelope. */
export const admits = (list: AllowList, envelope: Envelope): boolean =>
  list.everyone ||
  admitsSender(list, envelope) ||
  (envelope.chatId !== undefined && list.chatIds.has(envelope.chatId)) ||
  admitsGuid(list, envelope) ||
  (envelope.chatIdentifier !== undefined && list.chatIdentifiers.has(envelope.chatIdentifier))
