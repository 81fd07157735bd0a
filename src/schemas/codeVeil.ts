/** Codes by which owners decide, in texts that others may read. Pure. */

/** What stands in a text where a code is: as many signs as a code has. */
export const VEIL = "••••••••"

/**
 * The function that veils codes in a text, in whatever case they stand there. Codes are letters and digits. Those that
 * nothing waits for any more decide nothing, and need no veil.
 */
export const veilOf = (codes: ReadonlyArray<string>): ((text: string) => string) => {
  if (codes.length === 0) return (text) => text
  const anyOfThem = new RegExp(codes.join("|"), "giu")
  return (text) => text.replace(anyOfThem, VEIL)
}
