/** What is forgotten of a step that is left, or tried again: what was refused would be refused again. Pure. */
import type { StepId } from "./decisions.ts"
import type { Known } from "./Known.ts"

/** The answer so far, so that the step asks its question anew. */
export const forget = (step: StepId, known: Known): Known => {
  const { owner, wishes } = known
  switch (step) {
    case "imsg":
      return { ...known, wishes: { ...wishes, imsg: undefined }, found: undefined }
    case "agent":
      return { ...known, wishes: { ...wishes, agent: undefined }, offer: undefined }
    case "owner":
      return {
        ...known,
        wishes: { ...wishes, owner: undefined },
        owner: owner?._tag === "Asked" ? undefined : owner
      }
    default:
      return known
  }
}
