/** The audit log: what was done to the gateway by people. */
import { Context, type Effect } from "effect"
import type { AuditActor, AuditEntry, AuditEvent } from "../schemas/Audit.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** On whose behalf something runs. Commands, the socket, the page and signals each say so where they begin. */
export class OnBehalfOf extends Context.Reference<OnBehalfOf>()("imsg-gateway/OnBehalfOf", {
  defaultValue: (): AuditActor => ({ _tag: "Gateway" })
}) {}

/**
 * Approvals and orders about dead letters are recorded by their own stores, in the write that does them; what does not
 * lie in the store is recorded here.
 */
export class Audit extends Context.Tag("imsg-gateway/Audit")<
  Audit,
  {
    /** Records what was done, by whom `OnBehalfOf` names. Where the store refuses, the log says so: nothing waits. */
    readonly record: (event: AuditEvent) => Effect.Effect<void>
    /** The last `limit` entries not older than `since`, Unix ms; the oldest of them first. */
    readonly entries: (options: {
      readonly limit: number
      readonly since?: number | undefined
    }) => Effect.Effect<ReadonlyArray<AuditEntry>, StoreUnavailable>
  }
>() {}
