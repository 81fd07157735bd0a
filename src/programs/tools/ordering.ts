/** What tools send and do is a delivery: written down before it is begun, once for each key of a caller. */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { agentsDefaults } from "../../schemas/config/agents.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import { toolPrefix } from "../../schemas/deliveryNames.ts"
import { AccountDisabled } from "../../schemas/errors/control.ts"
import { BudgetUsedUp, MessageTooLong } from "../../schemas/errors/tools.ts"
import { type Destination, print } from "../../schemas/Target.ts"
import { Budget } from "../../services/Budget.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import { Outbox } from "../../services/Outbox.ts"
import { partsOf } from "../account/outbox/parts.ts"
import type { Judged } from "../sending/prepare.ts"
import { type Asker, deliverThroughGateway } from "../sending/throughGateway.ts"
import { deliveryShown } from "./deliveries.ts"
import type { Asked } from "./reach.ts"
import { Toolbox } from "./Toolbox.ts"

const WAIT_MS = 10_000

/** What is sent or done. */
export type Content = Partial<Pick<Judged, "text" | "manner" | "acts">>

/** By what every such tool is asked for. */
export interface Naming {
  readonly idempotency_key?: string
  readonly wait_ms?: number
}

/** Keys are any text; what stands for one is a word. */
const wordOf = (key: string): string => createHash("sha256").update(key).digest("base64url")

/** What an agent says and does by tools costs what its answers cost: of one call as many parts, of a day as many in a chat. */
const spend = ({ account, grant: { by } }: Asked, delivery: Delivery) =>
  Effect.gen(function* () {
    if (by?._tag !== "Agent") return
    const { id, target } = delivery
    const { agents, messages } = yield* currentConfig
    const parts = (yield* partsOf(account, delivery)).length
    const most = agents.list.find((agent) => agent.id === by.agentId)?.maxParts ?? agentsDefaults.maxParts
    if (parts > most) return yield* new MessageTooLong({ parts, most })
    const budget = yield* Budget
    const chat = print(target)
    // It is no turn: nobody has asked for it.
    const turn = { id, accountId: account.id, person: `agent:${by.agentId}`, chat }
    const refusal = yield* budget.begin(turn, { ...messages.budget, turns: 0 })
    if (refusal !== undefined) {
      if (refusal.isNews) yield* (yield* Events).publish({ _tag: "BudgetExceeded", ...refusal.exceeded })
      return yield* new BudgetUsedUp({ chat })
    }
    if (parts > 1) yield* budget.answered(id, parts)
  })

/** No tool sends files, but for the icon of a group. */
const byTool = (mediaRoots: ReadonlyArray<string>): Asker => ({
  via: "tool",
  mediaRoots,
  locate: Effect.succeed
})

/**
 * Has something sent or done, and answers what became of it. `content` says what it is, and refuses what whoever calls may not
 * have; what was accepted before is told of without it, whatever became of its chat and of the account meanwhile.
 */
export const order = <E, R>(
  asked: Asked,
  { idempotency_key: key, wait_ms: waitMs = WAIT_MS }: Naming,
  target: Destination,
  content: Effect.Effect<Content, E, R>,
  mediaRoots: ReadonlyArray<string> = []
) =>
  Effect.gen(function* () {
    const { account, grant } = asked
    if (!account.enabled) return yield* new AccountDisabled({ account: account.id })
    const name = key === undefined ? yield* Effect.sync(() => crypto.randomUUID()) : wordOf(key)
    const id = `${toolPrefix(account.id, grant)}${name}`
    const isKnown = yield* (yield* Outbox).isAccepted({ accountId: account.id, id })
    const judged: Judged = { id, account, target, text: "", files: [], ...(isKnown ? {} : yield* content) }
    const { sends } = yield* Toolbox
    const { parts } = yield* deliverThroughGateway(sends, byTool(mediaRoots), judged, {
      waitMs,
      before: (delivery) => spend(asked, delivery)
    })
    return deliveryShown({ id, accountId: account.id }, parts)
  })
