/** Strangers who ask to be let in, and people who were. */
import { api, type PairingApproval, type PairingRequest } from "./api.ts"
import { button, byId, el, foreign, keyedList, type Shown, setTime, timeOf } from "./dom.ts"
import { attempt } from "./notice.ts"
import { ask } from "./question.ts"
import { actionRow } from "./row.ts"

/** What has to be asked for again once something was done. */
type Changed = () => Promise<void>

const requestRow =
  (changed: Changed) =>
  ({ accountId, code, createdAt, expiresAt, lastSeenAt, sender }: PairingRequest): Shown<PairingRequest> => {
    const seen = timeOf(lastSeenAt)
    const decide = async (act: () => Promise<unknown>, outcome: string, told: string): Promise<void> => {
      await attempt(async () => {
        await act()
        row.settle(outcome)
        return told
      })
      await changed()
    }
    const approve = button(
      "Approve",
      sender,
      async () => {
        const sure = await ask({
          title: ["Let ", foreign(sender), " in?"],
          text: `They have the code ${code}. What they write to ${accountId} is answered from then on, and they are told so.`,
          yes: "Let in",
          look: "primary"
        })
        if (sure) await decide(() => api.approve(code), "Let in.", `${sender} is let in, and is told so.`)
      },
      "primary"
    )
    const reject = button("Reject", sender, () =>
      decide(() => api.reject(code), "Not let in.", `${sender} is not let in, and is not told.`)
    )
    const what = el(
      "div",
      "what",
      el("p", "main", foreign(sender), " ", el("code", "", code)),
      el(
        "p",
        "quiet",
        `${accountId} · asked `,
        timeOf(createdAt),
        " · last wrote ",
        seen,
        " · expires ",
        timeOf(expiresAt)
      )
    )
    const row = actionRow(what, [approve, reject], () =>
      expiresAt <= Date.now() ? "Expired." : "Decided elsewhere."
    )
    return { node: row.node, gone: row.gone, update: (request) => setTime(seen, request.lastSeenAt) }
  }

const personRow =
  (changed: Changed) =>
  ({ accountId, approvedAt, sender }: PairingApproval): Shown<PairingApproval> => {
    const revoke = button("Revoke", sender, async () => {
      const sure = await ask({
        title: ["Revoke ", foreign(sender), "?"],
        text: `What they write to ${accountId} is not answered any more. They can ask to be let in again.`,
        yes: "Revoke"
      })
      if (!sure) return
      await attempt(async () => {
        await api.revoke({ accountId, sender })
        return `${sender} is let in no more.`
      })
      await changed()
    })
    const what = el(
      "div",
      "what",
      el("p", "main", foreign(sender)),
      el("p", "quiet", `${accountId} · let in `, timeOf(approvedAt))
    )
    const { gone, node } = actionRow(what, [revoke], () => "Let in no more.")
    return { node, gone, update: () => {} }
  }

/** Shows both lists. `changed` is to bring them up to date. */
export const pairingLists = (changed: Changed) => ({
  showRequests: keyedList(byId("requests", HTMLUListElement), ({ code }) => code, requestRow(changed)),
  showPeople: keyedList(
    byId("people", HTMLUListElement),
    ({ accountId, approvedAt, sender }) => JSON.stringify([accountId, sender, approvedAt]),
    personRow(changed)
  )
})
