/** `get_delivery`, and what became of a message as tools answer it. */
import { Effect, Option } from "effect"
import type { SentPart } from "../../schemas/control/Sending.ts"
import { DeliveryNotFound } from "../../schemas/errors/tools.ts"
import { callerKey, type Grant, isGranted } from "../../schemas/Grant.ts"
import type { ToolInput } from "../../schemas/tools.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { type DeliveryRef, Outbox } from "../../services/Outbox.ts"
import { sentPart, stateOf } from "../sending/result.ts"
import { fitted, shortName } from "./fitted.ts"

/** What a delivery of a caller is called: nobody else has one whose name begins so. */
export const deliveryPrefix = (accountId: string, grant: Grant): string =>
  `tool:${encodeURIComponent(accountId)}:${callerKey(grant)}:`

const isOwn = (id: string, accountId: string, grant: Grant): boolean => {
  const prefix = deliveryPrefix(accountId, grant)
  return id.startsWith(prefix) && !id.slice(prefix.length).includes(":")
}

const WORDS = {
  queued: "waiting",
  sending: "waiting",
  sent: "sent",
  uncertain: "uncertain",
  failed: "failed",
  "left-out": "left_out"
} as const

/** What a model can do about a state that is not the end that it hoped for. */
const NOTES: Partial<Record<(typeof WORDS)[keyof typeof WORDS], string>> = {
  waiting: "It is on its way and is sent without more ado. `get_delivery` says what became of it.",
  uncertain:
    "It may have been sent, and is not sent again. Look with `read_messages` before you say it once more.",
  left_out: "The Mac cannot do it: there is no private bridge of imsg, or it refused. `detail` says why.",
  failed: "It was not sent as a whole, and is not tried again by itself. `detail` says why."
}

const partShown = ({ detail, guid, index, state }: SentPart) => ({
  index,
  state: WORDS[state],
  ...(guid === null ? {} : { guid }),
  ...(detail === null ? {} : { detail: shortName(detail) })
})

export const deliveryShown = ({ accountId, id }: DeliveryRef, parts: ReadonlyArray<SentPart>) => {
  const state = WORDS[stateOf(parts)]
  const note = NOTES[state]
  return fitted(parts.map(partShown), {
    drop: "first",
    answer: (kept) => ({
      delivery_id: id,
      account: accountId,
      state,
      ...(note === undefined ? {} : { note }),
      parts: kept
    })
  })
}

export const getDelivery = ({ delivery_id: id }: ToolInput<"get_delivery">) =>
  Effect.gen(function* () {
    const grant = yield* AskedWith
    const outbox = yield* Outbox
    const { accounts } = yield* currentConfig
    const ofAll = isGranted(grant, ["admin"])
    for (const account of accounts) {
      const delivery = { id, accountId: account.id }
      if (!ofAll && !isOwn(id, account.id, grant)) continue
      if (!(yield* outbox.isAccepted(delivery))) continue
      const parts = yield* outbox.parts(id)
      // Parts of what has ended are forgotten before it is.
      if (parts.length === 0 && Option.isNone(yield* outbox.find(delivery))) continue
      return deliveryShown(delivery, parts.map(sentPart))
    }
    return yield* new DeliveryNotFound({ delivery: shortName(id) })
  })
