/** Which parts of the config a reload changed, by their names in the file. */
import { Equal } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"

/** Accounts are named one by one; `control` holds the token, which prints as nothing of itself. */
const APART: ReadonlyArray<string> = ["accounts", "control", "file", "stateDir", "warnings", "writtenSecrets"]

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other)

const isSameControl = (one: GatewayConfig["control"], other: GatewayConfig["control"]): boolean =>
  isSame(one, other) && Equal.equals(one.http?.token, other.http?.token)

export const changedSections = (before: GatewayConfig, after: GatewayConfig): ReadonlyArray<string> => {
  const old: Readonly<Record<string, unknown>> = { ...before }
  const now: Readonly<Record<string, unknown>> = { ...after }
  // What was taken out is in the old one only.
  const keys = new Set([...Object.keys(now), ...Object.keys(old)])
  return [
    ...[...keys].filter((key) => !APART.includes(key) && !isSame(now[key], old[key])),
    ...(isSameControl(before.control, after.control) ? [] : ["control"])
  ]
}
