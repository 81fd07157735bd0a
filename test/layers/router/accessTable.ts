/** What the tables of docs/access.md are made of: rows of words, and what each word means for config and message. */
import type { DmPolicy, GroupConfig, GroupPolicy } from "../../../src/schemas/Config.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import type { Verdict } from "../../../src/schemas/Verdict.ts"
import type { PairingOutcome } from "../../../src/services/PairingStore.ts"

type Groups = { readonly [chatId: string]: GroupConfig }

/** What a word stands for. Lists of several words are joined; of the rest the later one wins. */
interface Setup {
  readonly dmPolicy?: DmPolicy
  readonly groupPolicy?: GroupPolicy
  readonly allowFrom?: ReadonlyArray<string>
  /** It is about an `allowFrom` without `"*"`, which `dmPolicy: "open"` cannot have. */
  readonly isClosed?: true
  readonly groupAllowFrom?: ReadonlyArray<string>
  /** The entries of `groups` which say the settings; none where they cannot say any. */
  readonly groups?: (settings: GroupConfig) => Groups | undefined
  readonly settings?: GroupConfig
  readonly pairing?: { readonly maxPending: number }
  readonly reactionNotifications?: "off" | "own" | "all"
  readonly onReaction?: "context" | "turn"
  readonly services?: ReadonlyArray<"imessage" | "sms">
  readonly envelope?: Partial<Envelope>
  readonly hasNoChatId?: true
  readonly baselineAt?: number
}

/** One of the things that a word stands for. `words` are left out where the word says it itself. */
export interface Meaning extends Setup {
  readonly words?: string
}

export interface Column {
  readonly title: string
  readonly words: { readonly [word: string]: ReadonlyArray<Meaning> }
}

type Columns = { readonly [column: string]: Column }

export type Reason = Verdict["reason"]

interface Answer {
  readonly verdict: `${Verdict["_tag"]}: ${Reason}`
  /** What the store says to the request of a verdict `Pair`. */
  readonly pairing?: PairingOutcome["_tag"]
}

/** A row. A column that it says nothing of holds any word. */
export interface Row<C extends Columns = Columns> extends Answer {
  readonly when: { readonly [K in keyof C]?: Extract<keyof C[K]["words"], string> }
}

export interface AccessTable {
  readonly columns: Columns
  readonly rows: ReadonlyArray<Answer & { readonly when: { readonly [column: string]: string | undefined } }>
}

/** A table whose rows may only use the words of its columns. */
export const accessTable = <const C extends Columns>(
  columns: C,
  rows: ReadonlyArray<Row<C>>
): AccessTable => ({
  columns,
  rows
})
