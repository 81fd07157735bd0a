/** `--since`: a time, or how long ago. */
import { Option } from "effect"

const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const AGO = /^(\d{1,6})([mhd])$/u
const ISO = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/u

/** `90m`, `24h`, `7d`, or a time in ISO's form, as Unix ms. `now` is Unix ms. */
export const sinceOf = (text: string, now: number): Option.Option<number> => {
  const [, count, unit = ""] = AGO.exec(text) ?? []
  const ms = UNITS[unit]
  if (count !== undefined && ms !== undefined) return Option.some(now - Number(count) * ms)
  return ISO.test(text) ? Option.filter(Option.some(Date.parse(text)), Number.isFinite) : Option.none()
}
