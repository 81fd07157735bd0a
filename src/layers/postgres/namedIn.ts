import type { Answer } from "../database/Step.ts"

/** The texts of a column of an answer; what is none is left out. */
export const namedIn = ({ rows }: Answer, column: string): ReadonlyArray<string> =>
  rows.flatMap((row) => {
    const value: unknown = typeof row === "object" && row !== null ? Reflect.get(row, column) : undefined
    return typeof value === "string" ? [value] : []
  })
