/** Thoughts that a model writes down before its answer are nobody's to read. */

/** A tag that opens or closes thoughts. One in backquotes is spoken of, and marks nothing. */
const TAG = /(?<!`)<(\/?)\s*(think|thinking|thought|reasoning)\s*>/giu

/**
 * A text without what stands between the tags, whether they are closed or not: what comes after a tag that is not closed
 * is a thought to the end, and what comes before one that was not opened (the server has opened it) is one from the
 * beginning.
 */
export const withoutThoughts = (text: string): string => {
  let kept = ""
  let from = 0
  let isThinking = false
  for (const found of text.matchAll(TAG)) {
    const closes = found[1] !== ""
    if (closes && !isThinking) kept = ""
    if (!closes && !isThinking) kept += text.slice(from, found.index)
    isThinking = !closes
    from = found.index + found[0].length
  }
  return isThinking ? kept : kept + text.slice(from)
}
