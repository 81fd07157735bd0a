/** What differs where a part is something done and not said. */
import { PartState } from "../../../schemas/Delivery.ts"
import { type Failure, notThere } from "./outcome.ts"
import { type Event, type PartOnItsWay, rest, type Step } from "./part.ts"

/** Failures by which nothing was begun. */
const NOT_BEGUN: ReadonlyArray<Failure["_tag"]> = ["Retry", "Denied"]

/**
 * What is done is not waited for, and not missed: it is tried once. What failed, was not begun when it was its turn, or
 * provably did not happen is left out.
 */
export const ofAct = ({ tries }: PartOnItsWay, event: Event, next: Step): Step => {
  const leftOut = (detail: string, code?: string) => rest(next.part, PartState.LeftOut({ detail }), code)
  const { request } = next
  const { state } = next.part
  if (state._tag === "Failed") {
    return leftOut(state.detail, request._tag === "Rest" ? request.code : undefined)
  }
  if (event._tag === "Unanswered" && NOT_BEGUN.includes(event.failure._tag)) {
    return leftOut(event.by?.message ?? "imsg did not begin it")
  }
  return event._tag === "Looked" && event.sight._tag === "Absent" && tries > 0
    ? leftOut(notThere(tries, next.part.progress.lostBy))
    : next
}
