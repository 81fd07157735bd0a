/** `list_pairings`: who asks to be let in. Codes are for the owner: one in a model's context is a step from an approval. */
import { Effect } from "effect"
import { nameOf } from "../../schemas/naming.ts"
import type { ToolInput } from "../../schemas/toolInputs.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { fitted, shortName } from "./fitted.ts"
import { isoOf } from "./shown.ts"

export const listPairings = ({ account }: ToolInput<"list_pairings">) =>
  Effect.gen(function* () {
    const { people } = yield* currentConfig
    const pending = yield* (yield* PairingStore).pending
    const pairings = pending
      .filter(({ accountId }) => account === undefined || accountId === account)
      .map(({ accountId, createdAt, sender }) => {
        const name = nameOf(people, sender)
        return {
          account: accountId,
          sender: shortName(sender),
          ...(name === undefined ? {} : { name }),
          since: isoOf(createdAt)
        }
      })
    return fitted(pairings, { drop: "first", answer: (kept) => ({ pairings: kept }) })
  })
