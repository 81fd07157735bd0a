/** Which reaction the words of a phone without iMessage are, as far as that can be told in any language. */
import { oneLine } from "./oneLine.ts"
import type { Reaction } from "./Reaction.ts"
import { emojiIn } from "./textReactions.ts"

/** What English says of the six tapbacks, put there and taken back. */
const ENGLISH: ReadonlyArray<readonly [words: RegExp, kind: Reaction["kind"]]> = [
  [/^(?:loved|removed a heart)\b/u, "love"],
  [/^(?:disliked|removed a dislike)\b/u, "dislike"],
  [/^(?:liked|removed a like)\b/u, "like"],
  [/^(?:laughed at|removed a laugh)\b/u, "laugh"],
  [/^(?:emphasi[sz]ed|removed an exclamation)\b/u, "emphasize"],
  [/^(?:questioned|removed a question)\b/u, "question"]
]

/** How languages say that one is taken back. */
const REMOVED =
  /remov|entfern|retir|supprim|elimin|quit[óa]|rimosso|verwijderd|tog bort|fjern|удалено|削除|移除|제거/u

/** `words` are those around the quotation. */
export const kindInWords = (words: string): Pick<Reaction, "kind" | "emoji" | "isRemoved" | "words"> => {
  const said = words.trim().toLowerCase()
  const emoji = emojiIn(words)
  const isRemoved = REMOVED.test(said)
  const kind = ENGLISH.find(([form]) => form.test(said))?.[1]
  if (kind !== undefined) return { kind, isRemoved }
  return emoji === undefined
    ? { kind: "unknown", words: oneLine(words), isRemoved }
    : { kind: "emoji", emoji, isRemoved }
}
