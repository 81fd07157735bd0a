/** Which request a response answers of which only the ends were read. */
import { Option } from "effect"
import type { LongLine } from "./LineFramer.ts"

const JSONRPC = '"jsonrpc"\\s*:\\s*"2\\.0"'
const ID = '"id"\\s*:\\s*"?(\\d{1,15})"?'

/**
 * JSON objects have no order. What stands right behind the first brace of a line or right before its last one is the
 * frame's own, so its id is there unless it is between two long values; no text can pretend to be it, since quotes in
 * texts are escaped.
 */
const AT_HEAD = new RegExp(`^\\s*\\{\\s*(?:${JSONRPC}\\s*,\\s*)?${ID}\\s*,`, "u")
const AT_TAIL = new RegExp(`,\\s*${ID}\\s*(?:,\\s*${JSONRPC}\\s*)?\\}\\s*$`, "u")

/** The id of the response that a line which was too long may be. */
export const idOfLongResponse = ({ head, tail }: LongLine): Option.Option<number> =>
  Option.fromNullable((AT_HEAD.exec(head) ?? AT_TAIL.exec(tail))?.[1]).pipe(Option.map(Number))
