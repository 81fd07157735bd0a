/** What a file for a bug report has in it. */

import type { Status } from "../../../schemas/control/Status.ts"
import type { Counted } from "../../../schemas/Decision.ts"
import type { Check } from "../doctor/Check.ts"
import type { ShownLine } from "./shownLine.ts"

/** A section that could not be had says why. */
export type Had<A> = A | { readonly missing: string }

export interface SupportReport {
  readonly about: string
  readonly madeAt: string
  readonly versions: {
    readonly gateway: string
    readonly node: string
    readonly system: string
    /** What doctor found of each account's imsg. */
    readonly imsg: ReadonlyArray<string>
  }
  readonly config: Had<{ readonly problems: ReadonlyArray<string>; readonly keys: unknown }>
  readonly doctor: Had<ReadonlyArray<Check>>
  readonly status: Had<Status>
  readonly decisions: Had<ReadonlyArray<Counted>>
  /** The last lines, oldest first, and how many of them were none of the gateway's. */
  readonly log: Had<{ readonly lines: ReadonlyArray<ShownLine>; readonly others: number }>
}
