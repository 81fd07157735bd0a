/** Strangers who ask to be let in. */
import { Effect, Option } from "effect"
import type { Target } from "../../src/schemas/Target.ts"
import { PairingStore } from "../../src/services/PairingStore.ts"

/** How long a request lasts, in ms. */
export const TTL = 60_000

export interface AskOptions {
  readonly accountId?: string
  readonly maxPending?: number
  readonly target?: Target
  /** The other handles of the same person. */
  readonly others?: ReadonlyArray<string>
}

/** Asks for an account, `default` where nothing else is said. */
export const ask = (sender: string, options: AskOptions = {}) =>
  Effect.flatMap(PairingStore, ({ request }) =>
    request({
      accountId: "default",
      target: { _tag: "ChatId", chatId: 7 },
      ttlMs: TTL,
      maxPending: 20,
      ...options,
      sender
    })
  )

/** Whether somebody was let in. */
export const isApproved = (accountId: string, sender: string) =>
  Effect.flatMap(PairingStore, ({ approvedAt }) => Effect.map(approvedAt(accountId, sender), Option.isSome))

/** Asks, and gives the code; an empty one where there is none. */
export const codeOf = (sender: string, options: AskOptions = {}) =>
  Effect.map(ask(sender, options), (outcome) => ("request" in outcome ? outcome.request.code : ""))
