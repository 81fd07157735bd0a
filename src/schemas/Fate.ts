/** What became of a row of Messages. */
import type { Verdict } from "./Verdict.ts"

/**
 * The reason of a row's verdict, that it was an echo, that its sender is no handle, that it is the preview of a link in
 * a message, that it is something of a poll which cannot be read, that more was missed than is answered, or what a stranger's request came to.
 */
export type Fate =
  | Exclude<Verdict["reason"], "dm-unknown-sender">
  | "echo"
  | "malformed"
  | "link-preview"
  | "poll-unreadable"
  | "passed-over"
  | "pairing-requested"
  | "pairing-pending"
  | "pairing-rejected"
  | "pairing-full"

/** In place of a fate, of a row that is not judged yet: it waits for what Messages writes later, or for a row that does. */
export const WAITING = "waiting"
