/** Leave that agents ask for before they do something: given by the config, or by an owner who is asked. */
import { Context, type Effect } from "effect"
import type { PermissionNotFound } from "../schemas/errors/permissions.ts"
import type { Stored } from "../schemas/errors/store.ts"
import type { PermissionRecord } from "../schemas/Permission.ts"
import type { PermissionWanted } from "../schemas/PermissionPolicy.ts"
import type { Turn } from "../schemas/Turn.ts"

/** What an agent wants to do for a turn; `title` is in its own words. */
export interface Wanted extends PermissionWanted {
  readonly turn: Turn
}

export class Permissions extends Context.Tag("imsg-gateway/Permissions")<
  Permissions,
  {
    /**
     * Whether the agent of a turn may do this, once. Where the config says `ask` it waits for an owner, at most for
     * `askTimeoutMs`. Whatever goes wrong means no; so does an interruption, which is written down.
     */
    readonly isAllowed: (wanted: Wanted) => Effect.Effect<boolean>
    /** Requests that wait for an owner, oldest first. */
    readonly waiting: Stored<ReadonlyArray<PermissionRecord>>
    /** The last requests that were decided, newest first. */
    readonly decided: (limit: number) => Stored<ReadonlyArray<PermissionRecord>>
    /**
     * Answers a request that waits, on this host or another, on whose behalf `OnBehalfOf` says. Codes are read in any
     * case, and are good once.
     */
    readonly decide: (code: string, allowed: boolean) => Stored<PermissionRecord, PermissionNotFound>
  }
>() {}
