/** The entries of `allowFrom` and `groupAllowFrom`. */
import type { Envelope } from "./Envelope.ts"
import { normaliseHandle } from "./Handle.ts"

/** Entries, sorted by what they name. */
export interface AllowList {
  readonly everyone: boolean
  readonly handles: ReadonlySet<string>
  readonly chatIds: ReadonlySet<string>
  readonly chatGuids: ReadonlySet<string>
  readonly chatIdentifiers: ReadonlySet<string>
}

const ENTRY = /^(?<kind>chat_id|chat|chat_guid|guid|chat_identifier):(?<value>.*)$/isu

/** Reads entries: handles (in any usual spelling), `chat_id:…`, `chat_guid:…`, `chat_identifier:…` or `*`. */
export const parseAllowList = (entries: ReadonlyArray<string>, region: string): AllowList => {
  const handles = new Set<string>()
  const chatIds = new Set<string>()
  const chatGuids = new Set<string>()
  const chatIdentifiers = new Set<string>()
  let everyone = false
  for (const entry of entries) {
    const { kind: prefix, value = "" } = ENTRY.exec(entry.trim())?.groups ?? {}
    const kind = prefix?.toLowerCase()
    if (entry.trim() === "*") everyone = true
    else if (kind === "chat_id" || kind === "chat") chatIds.add(value.trim())
    else if (kind === "chat_guid" || kind === "guid") chatGuids.add(value.trim())
    else if (kind === "chat_identifier") chatIdentifiers.add(value.trim())
    else handles.add(normaliseHandle(entry, region))
  }
  return { everyone, handles, chatIds, chatGuids, chatIdentifiers }
}

/** Whether an entry names the sender or the chat of an envelope. */
export const admits = (list: AllowList, envelope: Envelope): boolean =>
  list.everyone ||
  (envelope.sender !== "" && list.handles.has(envelope.sender)) ||
  list.chatIds.has(String(envelope.chatId)) ||
  (envelope.chatGuid !== undefined && list.chatGuids.has(envelope.chatGuid)) ||
  (envelope.chatIdentifier !== undefined && list.chatIdentifiers.has(envelope.chatIdentifier))
