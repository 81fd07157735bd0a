/** What the guid of a chat says: `<service>;<+ or ->;<identifier>`, as in `iMessage;+;chat42`. */
import { type MessageService, messageService } from "./Target.ts"

interface ChatGuid {
  readonly service: string
  readonly isGroup: boolean
  readonly identifier: string
}

/** The service in a guid that tells none, as newer versions of Messages write it for what was `iMessage` or `SMS`. */
const ANY = "any"

/** What Messages calls the chats of several people; those of two are called by the handle of the other one. */
const OF_SEVERAL = /^(?:chat[0-9a-z]+|[0-9a-f]{32})$/iu

export const isOfSeveral = (identifier: string): boolean => OF_SEVERAL.test(identifier)

const FORM = /^(?<service>[^;]*);(?<kind>[+-]);(?<identifier>.+)$/su

const read = (guid: string): ChatGuid | undefined => {
  const { identifier, kind, service } = FORM.exec(guid)?.groups ?? {}
  return identifier === undefined || kind === undefined || service === undefined
    ? undefined
    : { service, isGroup: kind === "+", identifier }
}

/** The identifier in the guid of a group: what follows its service, which changes where the group goes on. */
export const identifierOf = (guid: string): string | undefined => {
  const chat = read(guid)
  return chat?.isGroup === true ? chat.identifier : undefined
}

const withoutService = ({ identifier, isGroup }: ChatGuid): string =>
  `${ANY};${isGroup ? "+" : "-"};${identifier}`

/** Whether a chat is the same by whatever service it goes on; that of two is with somebody else then. */
const isSameByAny = ({ identifier, isGroup }: ChatGuid): boolean => isGroup || isOfSeveral(identifier)

/** The guid in the one spelling by which its chat is known: without the service where that makes no difference. */
export const plainGuid = (guid: string): string => {
  const chat = read(guid)
  return chat !== undefined && isSameByAny(chat) ? withoutService(chat) : guid
}

/** The plain guids that name the chat of a guid: its own, and that of the chat by every service. */
export const guidsFor = (guid: string): ReadonlyArray<string> => {
  const chat = read(guid)
  return [...new Set([plainGuid(guid), ...(chat === undefined ? [] : [withoutService(chat)])])]
}

/**
 * Whether a guid that somebody wrote names the chat of a message, which came by the service `via`. Where a guid of a chat
 * of two names a service, it does not name who writes by another, or by one that is not known.
 */
export const namesChat = (written: string, chatGuid: string, via: MessageService | undefined): boolean => {
  if (guidsFor(chatGuid).includes(plainGuid(written))) return true
  const [named, chat] = [read(written), read(chatGuid)]
  if (named === undefined || chat?.service !== ANY || withoutService(named) !== withoutService(chat))
    return false
  const service = messageService(named.service)
  return service !== undefined && service === via
}
