/** Finds the word that was probably meant. */

/** The number of letters to insert, delete, replace or swap with a neighbour to turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(
        Math.min(
          (current[column - 1] ?? 0) + 1,
          (last[column] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}

/** The word of `known` that `word` is a misspelling of: at most two letters off, one in short words. */
export const nearest = (word: string, known: ReadonlyArray<string>): string | undefined =>
  known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 2)
    .map((candidate) => ({
      candidate,
      off: distance(word.toLowerCase(), candidate.toLowerCase())
    }))
    .filter(({ candidate, off }) => off <= Math.min(2, Math.floor(candidate.length / 2)))
    .sort((one, other) => one.off - other.off)[0]?.candidate
