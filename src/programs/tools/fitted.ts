/** Answers of tools within their bounds: what a model is given it has to read. */
import { CUT_MARK, cutTo } from "../../schemas/cut.ts"
import { oneLine } from "../../schemas/oneLine.ts"
import { RESULT_BYTES, TEXT_BYTES } from "../../schemas/tools.ts"

const NAME_BYTES = 256

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

const shortened = (text: string, most: number): string =>
  Buffer.byteLength(text) <= most ? text : cutTo(text, most - Buffer.byteLength(CUT_MARK))

/** What somebody wrote, so much of it as is answered; and that it is cut, where it is. */
export const cutText = (text: string): { readonly text: string; readonly is_cut?: true } => {
  const kept = shortened(text, TEXT_BYTES)
  return kept === text ? { text } : { text: kept, is_cut: true }
}

/** What something or somebody is called, on one line. */
export const shortName = (name: string): string => shortened(oneLine(name), NAME_BYTES)

/**
 * The answer of so many items as there is room for. `drop` says which go first where there is not; `is_cut` says that some
 * did.
 */
export const fitted = <A, Answer extends object>(
  items: ReadonlyArray<A>,
  { answer, drop }: { readonly drop: "first" | "last"; readonly answer: (kept: ReadonlyArray<A>) => Answer }
): Answer & { readonly is_cut?: true } => {
  // The mark is counted for, whether it comes or not.
  let room = RESULT_BYTES - bytesOf({ ...answer([]), is_cut: true })
  let count = 0
  for (const item of drop === "first" ? items.toReversed() : items) {
    room -= bytesOf(item) + 1
    if (room < 0) break
    count++
  }
  if (count === items.length) return answer(items)
  return {
    ...answer(drop === "first" ? items.slice(items.length - count) : items.slice(0, count)),
    is_cut: true
  }
}
