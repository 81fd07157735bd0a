/**
 * Who speaks, in a prompt. People choose their names, or others do for them, so a name is a claim: one that could be
 * taken for somebody else's stands with its handle.
 */
import { Array as Arr } from "effect"
import { oneLine } from "./oneLine.ts"
import type { Turn } from "./Turn.ts"

/** Somebody who wrote something. */
export interface Speaker {
  readonly sender: string
  readonly senderName?: string
}

/** A name that is longer fills the line that it begins; in code points. */
const LONGEST_NAME = 60

/** Names that the prompt itself, or whoever reads it, has a meaning for. */
const MEANINGFUL = ["system", "assistant", "developer", "user", "owner", "gateway", "you", "me"]
/** How the prompt's own lines begin. */
const OWN_LINES = ["attachment", "voice note", "earlier in this group", "now addressed to you"]

/** Brackets of all kinds: none may look like the end of a name. Round ones may stand in a name alone. */
const BRACKETS = /[\p{Ps}\p{Pe}<>]+/gu
const SQUARE = /(?![()])[\p{Ps}\p{Pe}<>]+/gu

/** Of a name that is longer than any the rest is not looked at; in code units. */
const claimOf = ({ sender, senderName }: Speaker): string =>
  (senderName ?? sender).slice(0, 10 * LONGEST_NAME)

/** The name as it may be shown; empty where nothing of it is left. */
const shown = (name: string, brackets: RegExp): string =>
  [...oneLine(name.replace(brackets, " "))].slice(0, LONGEST_NAME).join("").trim()

/** Letters of other scripts that look like Latin ones, once they are small. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: "аαɑ",
    b: "ь",
    c: "с",
    d: "ԁ",
    e: "еε",
    g: "ɡ",
    h: "һ",
    i: "іιı1l",
    j: "ј",
    k: "кκ",
    m: "м",
    n: "пη",
    o: "оο0",
    p: "рρ",
    q: "ԛ",
    s: "ѕ",
    t: "тτ",
    u: "υ",
    v: "ѵν",
    w: "ԝω",
    x: "хχ",
    y: "уγ"
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const))
)

const DECORATION = /[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu

/** Equal for names that look alike, whatever their case, accents, decoration and script. */
export const likeness = (name: string): string => {
  const letters = name.normalize("NFKD").toLowerCase().replace(DECORATION, "")
  return letters === ""
    ? oneLine(name)
    : Arr.map([...letters], (letter) => LOOKALIKES.get(letter) ?? letter).join("")
}

/** Whether a name could be read as a handle: an address, or a number of some length. */
const isLikeHandle = (name: string): boolean => {
  const plain = name.normalize("NFKD")
  return plain.includes("@") || (plain.match(/\p{N}/gu) ?? []).length >= 5
}

/** The speakers of a turn, those of its history first. */
const speakersOf = ({ envelopes, history }: Turn): ReadonlyArray<Speaker> => [...history, ...envelopes]

/**
 * The function that names the speakers of a turn. `taken` are names that are nobody's here: those of its agent. A name
 * stands with its handle where it looks like a taken one, like that of another speaker, or like a handle.
 */
export const namesOf = (turn: Turn, taken: ReadonlyArray<string>): ((speaker: Speaker) => string) => {
  const reserved = new Set([...taken, ...MEANINGFUL].map(likeness))
  const ownLines = OWN_LINES.map(likeness)
  const holders = new Map<string, Set<string>>()
  for (const speaker of speakersOf(turn)) {
    const key = likeness(claimOf(speaker))
    holders.set(key, (holders.get(key) ?? new Set()).add(speaker.sender))
  }
  const isDoubtful = (name: string): boolean => {
    const key = likeness(name)
    return (
      reserved.has(key) ||
      ownLines.some((line) => key.startsWith(line)) ||
      (holders.get(key)?.size ?? 0) > 1 ||
      isLikeHandle(name)
    )
  }
  return (speaker) => {
    const claim = claimOf(speaker)
    const handle = shown(speaker.sender, BRACKETS)
    const name = shown(claim, SQUARE)
    if (name === "" || name === handle) return handle
    return isDoubtful(claim) ? `${shown(claim, BRACKETS)} (${handle})` : name
  }
}
