/** Chunks found again in the text that they are from. */
import { expect } from "@effect/vitest"

/** The start and the end of each piece in the text; fails where anything but white space is between two of them. */
export const places = (
  pieces: ReadonlyArray<string>,
  text: string
): ReadonlyArray<readonly [start: number, end: number]> => {
  let at = 0
  const found = pieces.map((piece) => {
    const start = text.indexOf(piece, at)
    expect(start).toBeGreaterThanOrEqual(at)
    expect(text.slice(at, start).trim()).toBe("")
    at = start + piece.length
    return [start, at] as const
  })
  expect(text.slice(at).trim()).toBe("")
  return found
}
