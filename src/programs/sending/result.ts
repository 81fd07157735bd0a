/** What became of a message that an owner sent. */
import type { SendResult, SentPart } from "../../schemas/control/Sending.ts"
import type { PartRecord } from "../../schemas/Delivery.ts"
import { stateName } from "../../schemas/partWords.ts"
import { print } from "../../schemas/Target.ts"
import type { Judged } from "./prepare.ts"

type StateName = SentPart["state"]

/** A part as whoever asked for it is told of it. */
export const sentPart = ({ index, lacks = [], state }: PartRecord): SentPart => ({
  index,
  state: stateName(state),
  guid: state._tag === "Sent" ? (state.guid ?? null) : null,
  detail: "detail" in state ? state.detail : null,
  ...(state._tag !== "Sent" || lacks.length === 0 ? {} : { lacks })
})

/** The worst of the parts; `sending` where one of them, or all, have no end yet. */
export const stateOf = (parts: ReadonlyArray<SentPart>): SendResult["state"] => {
  const has = (...names: ReadonlyArray<StateName>) => parts.some(({ state }) => names.includes(state))
  if (parts.length === 0 || has("queued", "sending")) return "sending"
  if (has("failed")) return "failed"
  return has("uncertain") ? "uncertain" : "sent"
}

/** The result as it is by what was written down of the parts. */
export const resultOf = ({ account, id, target }: Judged, records: ReadonlyArray<PartRecord>): SendResult => {
  const parts = records.map(sentPart)
  return { id, account: account.id, target: print(target), state: stateOf(parts), parts }
}
