/**
 * As whom a process holds the shards that it took: by its address and by itself. Another process that is given its address
 * holds nothing of what this one took; nor does this one, where it only stood still, of what that one has taken since.
 */
import type { Self } from "./ownRow.ts"

/** The text of who holds, as `cluster_locks` has it. */
export const holderOf = ({ address, incarnation }: Pick<Self, "address" | "incarnation">): string =>
  `${incarnation}@${address}`

/** The address again, of a row of `cluster_locks`. */
export const ADDRESS_OF_HOLDER = "substr(cluster_locks.address, strpos(cluster_locks.address, '@') + 1)"
