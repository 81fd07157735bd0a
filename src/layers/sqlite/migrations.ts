/**
 * The schema of the store, step by step. A step that has been released is never changed; the number of steps that a
 * file has taken is its `user_version`.
 */
import { base } from "./steps/base.ts"
import { pairing } from "./steps/pairing.ts"

export const MIGRATIONS: ReadonlyArray<string> = [base, pairing]
