/** Owners hear of strangers who ask to be let in, with the command that answers them. */
import { Clock, Effect, Ref } from "effect"
import { toOwner } from "../../../schemas/owners.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { Outbox } from "../../../services/Outbox.ts"
import type { PairingRequest } from "../../../services/PairingStore.ts"
import type { AccountContext } from "../AccountContext.ts"
import { ownersBeside, tellingOf } from "./telling.ts"
import * as words from "./words.ts"

/** The function that tells owners of a request, once. */
export const makeTellOwners = ({ account, told }: AccountContext) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const outbox = yield* Outbox

    return (request: PairingRequest) =>
      Effect.gen(function* () {
        const { messages, owners, people } = yield* config.current
        const others = messages.commands ? ownersBeside(owners, people, request.sender) : []
        const { code, expiresAt } = request
        const deliveries = others.map((owner) =>
          toOwner(account.id, owner, { id: code, text: words.asks(request), expiresAt })
        )
        // Who writes again has the same code: it is told once, also where a crash came between.
        const news = yield* Effect.filter(deliveries, (each) =>
          Effect.map(outbox.isAccepted(each), (is) => !is)
        )
        if (news.length === 0) return
        const now = yield* Clock.currentTimeMillis
        const { told: next, what } = tellingOf(yield* Ref.get(told), now)
        yield* Ref.set(told, next)
        if (what === "nothing") return
        yield* Effect.forEach(
          what === "request"
            ? news
            : others.map((owner) => toOwner(account.id, owner, { id: `more:${now}`, text: words.MORE_ASK })),
          (delivery) => outbox.accept(delivery),
          { discard: true }
        )
      })
  })
