/** What can be shown where something is printed: colours or none, and how much fits into a line. */

type Env = { readonly [name: string]: string | undefined }

/** A stream as far as it matters here; `columns` is known of terminals only. */
interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Look {
  readonly colours: boolean
  /** Columns of the terminal. Undefined where there is none: then nothing is cut. */
  readonly width: number | undefined
}

/** Of what is no terminal. */
export const PLAIN: Look = { colours: false, width: undefined }

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ""

/**
 * Whether there are colours: `NO_COLOR` goes before `FORCE_COLOR`, as no-color.org has it, and that before what the stream is;
 * a terminal that calls itself dumb has none.
 */
export const hasColours = ({ isTTY = false }: Stream, env: Env): boolean => {
  if (isSet(env.NO_COLOR)) return false
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false"
  return isTTY && env.TERM !== "dumb"
}

/** Narrower ones are taken as this wide: there is nothing to be read in less. */
const NARROWEST = 40

export const lookOf = (stream: Stream, env: Env): Look => ({
  colours: hasColours(stream, env),
  width:
    stream.isTTY && stream.columns !== undefined && stream.columns > 0
      ? Math.max(NARROWEST, stream.columns)
      : undefined
})

const CODES = { bold: 1, red: 31, green: 32, yellow: 33, dim: 2 } as const
export type Style = keyof typeof CODES

/** The text in a style, where there are colours. */
export const styled = ({ colours }: Pick<Look, "colours">, style: Style, text: string): string =>
  colours && text !== "" ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
