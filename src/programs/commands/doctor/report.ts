/** Checks for people: one line each, what to do under it, and a last line that sums up. */
import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import type { Check, CheckStatus } from "./Check.ts"

const MARKS: { readonly [status in CheckStatus]: string } = { ok: "✓", warning: "!", failed: "✗" }
const COLOURS: { readonly [status in CheckStatus]: number } = { ok: 32, warning: 33, failed: 31 }

const INDENT = "    "

/** A check with its remedy. What it quotes of others does not steer the terminal. */
export const showCheck = (
  { account, detail, remedy, status, title }: Check,
  { colours }: { readonly colours: boolean }
): string => {
  const mark = colours ? `\u001b[${COLOURS[status]}m${MARKS[status]}\u001b[0m` : MARKS[status]
  const whose = account === undefined ? "" : `${oneLine(account)}: `
  const [first = "", ...more] = harmless(detail).split("\n")
  return [
    `${mark} ${whose}${title}: ${first}`,
    ...more.map((line) => `${INDENT}${line}`),
    ...(remedy === undefined ? [] : [`${INDENT}→ ${harmless(remedy)}`])
  ].join("\n")
}

const count = (checks: ReadonlyArray<Check>, status: CheckStatus): number =>
  checks.filter((check) => check.status === status).length

/** Sums up. `sent` says whether sending was tried. */
export const summary = (checks: ReadonlyArray<Check>, sent: boolean): string => {
  const failures = count(checks, "failed")
  const warnings = count(checks, "warning")
  const found = [
    failures === 0 ? [] : [`${failures} failed`],
    warnings === 0 ? [] : [`${warnings === 1 ? "1 warning" : `${warnings} warnings`}`],
    [`${count(checks, "ok")} in order`]
  ].flat()
  return `${found.join(", ")}.${sent || failures > 0 ? "" : " Whether messages can be sent was not tried: --send-to TARGET does."}`
}
