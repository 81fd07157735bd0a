/** What the gateway said, known again where Messages shows it as something that was said to it. */
import { Context, type Effect } from "effect"
import type { Delivery, PartRecord, PartState } from "../schemas/Delivery.ts"
import type { Envelope } from "../schemas/Envelope.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"
import type { ImsgMessage } from "../schemas/ImsgProtocol.ts"

type Stored<A> = Effect.Effect<A, StoreUnavailable>

export class Echoes extends Context.Tag("imsg-gateway/Echoes")<
  Echoes,
  {
    /**
     * Follows a part on its way out, and is called with each state before it is acted on: what is being sent may come
     * back once, what provably was not sent may not.
     */
    readonly follow: (
      delivery: Pick<Delivery, "id" | "accountId" | "target">,
      record: Pick<PartRecord, "index" | "part">,
      state: PartState
    ) => Stored<void>
    /** Learns from an outgoing row, whoever wrote it: which handles are the account's own. */
    readonly learn: (accountId: string, row: ImsgMessage) => Stored<void>
    /**
     * Whether an incoming row is what the gateway said. A row that was one stays one however often it is shown, and
     * each part makes at most one. To be asked about all incoming rows, in their order.
     */
    readonly isEcho: (envelope: Envelope) => Stored<boolean>
  }
>() {}
