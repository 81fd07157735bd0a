/** How much of a conversation a model is told again. Tokens are estimated: only the model itself can count them. */
import type { Exchange } from "../../../schemas/Conversation.ts"

/**
 * Bytes that are certainly a token's worth: English has four a token and more, other European languages three, Chinese
 * and the like three a character, which is a token or less. So an estimate is hardly ever too low.
 */
const BYTES_PER_TOKEN = 3
/** What a message costs beside its text: its role, and where it begins and ends. */
const PER_MESSAGE = 4
/** What a picture costs at most with the sizes that pictures are made smaller to. */
const PER_PICTURE = 1600
/** What is kept for the answer, of all that fits. */
const ANSWER_SHARE = 4

/** Stands for an answer that was none: a question without one would be answered now. */
export const SILENCE = "NO_REPLY"

/** How many tokens a message has, hardly ever too few. */
export const tokensOf = (text: string, pictures = 0): number =>
  Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN) + PER_MESSAGE + pictures * PER_PICTURE

/** How many tokens an exchange has with its answer. */
export const exchangeTokens = ({ answered, asked }: Pick<Exchange, "asked" | "answered">): number =>
  tokensOf(asked) + tokensOf(answered === "" ? SILENCE : answered)

/** How many tokens are left for what is remembered; below 0 where what must be told has more already. */
export const roomFor = (question: {
  readonly contextTokens: number
  readonly system: string
  readonly newest: string
  readonly pictures: number
}): number =>
  question.contextTokens -
  Math.ceil(question.contextTokens / ANSWER_SHARE) -
  tokensOf(question.system) -
  tokensOf(question.newest, question.pictures)

/** The newest exchanges that there is room for, whole and without a gap, in their order. */
export const fitting = <E extends Pick<Exchange, "asked" | "answered">>(
  exchanges: ReadonlyArray<E>,
  room: number
): ReadonlyArray<E> => {
  let left = room
  const first = exchanges.findLastIndex((exchange) => {
    left -= exchangeTokens(exchange)
    return left < 0
  })
  return exchanges.slice(first + 1)
}

/** Half of what was told, by its tokens: for a server that had no room for it. */
export const halved = <E extends Pick<Exchange, "asked" | "answered">>(
  exchanges: ReadonlyArray<E>
): ReadonlyArray<E> =>
  fitting(exchanges, Math.floor(exchanges.reduce((sum, exchange) => sum + exchangeTokens(exchange), 0) / 2))

/** No language has more bytes a token than this in a text of some length. */
const MOST_BYTES_PER_TOKEN = 6
const CUT_SHARE = 0.6
/** Of less nothing can be said. */
const MIN_TOKENS = 500

/** Whether a server has read so few tokens of a text that it must have cut it. */
export const isCutSilently = (bytes: number, inputTokens: number | undefined): boolean => {
  const least = bytes / MOST_BYTES_PER_TOKEN
  // Some servers say 0 where they have not counted.
  return (
    inputTokens !== undefined && inputTokens > 0 && least >= MIN_TOKENS && inputTokens < least * CUT_SHARE
  )
}
