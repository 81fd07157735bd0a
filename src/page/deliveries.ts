/** Replies that wait, and the parts that were settled last. */
import type { SettledPart, WaitingDelivery } from "../schemas/control/Records.ts"
import type { Deliveries } from "./api.ts"
import { byId, el, keyedList, mark, type Shown, scrollable, timeOf } from "./dom.ts"
import { toneOf } from "./words.ts"

const waitingRow = ({ acceptedAt, accountId, id, target }: WaitingDelivery): Shown<WaitingDelivery> => ({
  node: el(
    "li",
    "row",
    el(
      "div",
      "what",
      el("p", "main", target),
      el("p", "quiet", `${accountId} · waits for `, timeOf(acceptedAt, "for"), " · ", el("code", "", id))
    )
  ),
  update: () => {}
})

const settledLine = ({
  accountId,
  deliveryId,
  detail,
  index,
  settledAt,
  state
}: SettledPart): Shown<SettledPart> => ({
  node: el(
    "li",
    "line",
    mark(toneOf(state)),
    el(
      "div",
      "",
      el("p", "", `${state}: part ${index + 1} of `, el("code", "", deliveryId)),
      ...(detail === null ? [] : [el("p", "", detail)]),
      el("p", "quiet", `${accountId} · `, timeOf(settledAt))
    )
  ),
  update: () => {}
})

const showWaiting = keyedList(byId("waiting", HTMLUListElement), ({ id }) => id, waitingRow)
const showSettled = keyedList(
  scrollable(byId("settled", HTMLUListElement)),
  ({ deliveryId, index, settledAt, state }) => JSON.stringify([deliveryId, index, settledAt, state]),
  settledLine
)

/** Shows both lists. */
export const showDeliveries = ({ settled, waiting }: Deliveries): void => {
  showWaiting(waiting)
  showSettled(settled)
}
