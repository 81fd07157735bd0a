/**
 * What a row does not have yet. Messages writes a message in several steps: its row, to which chat it belongs, which
 * files it has, and the files themselves. Who reads it in between must not judge it by what it leaves out.
 */
import { isPluginPayload } from "../../../schemas/Envelope.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { knowsItsChat, knowsItsKind } from "../chatdb/knownChats.ts"

/**
 * Its chat, or of what kind that is; which files it has, or one of these; whether it is from oneself; of a reaction
 * whether the gateway said what it is to; or the row, of which only its number is known.
 */
export type Lack = "chat" | "kind" | "joins" | "file" | "flags" | "reacted-to" | "row"

/** Messages writes this where a text holds a file. */
const OBJECT_REPLACEMENT = "\ufffc"

/** Whether it must have files of which it names none. A row that an extension made has what that shows. */
const lacksJoins = ({
  attachments = [],
  balloon_bundle_id,
  is_reaction,
  poll,
  text = ""
}: ImsgMessage): boolean =>
  attachments.length === 0 &&
  !balloon_bundle_id &&
  is_reaction !== true &&
  poll === undefined &&
  (text.includes(OBJECT_REPLACEMENT) || text.trim() === "")

const lacksFile = ({ attachments = [] }: ImsgMessage): boolean =>
  attachments.some((file) => file.missing === true && !isPluginPayload(file))

/** What a row lacks by what it says itself. One's own rows are judged by nothing that comes late. */
export const lackOf = (row: ImsgMessage, wantsFiles: boolean): Lack | undefined => {
  if (row.is_from_me) return undefined
  if (!knowsItsChat(row)) return "chat"
  if (!knowsItsKind(row)) return "kind"
  if (!wantsFiles) return undefined
  if (lacksJoins(row)) return "joins"
  return lacksFile(row) ? "file" : undefined
}

/**
 * Of what comes soon or not at all, in ms: rows without text and files are also written where somebody leaves a group,
 * and people do repeat what the gateway said.
 */
const SOON_MS = 2000

/** How long what a row lacks is waited for, in ms. */
export const waitFor = (lack: Lack, ripenMs: number): number =>
  lack === "joins" || lack === "flags" ? Math.min(SOON_MS, ripenMs) : ripenMs
