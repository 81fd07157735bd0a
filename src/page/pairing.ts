/** Strangers who ask to be let in, and people who were. */
import { api, type PairingApproval, type PairingRequest } from "./api.ts"
import { button, byId, el, foreign, keyedList, type Shown, setTime, timeOf } from "./dom.ts"
import { attempt } from "./notice.ts"
import { ask } from "./question.ts"

/** What has to be asked for again once something was done. */
type Changed = () => Promise<void>

const requestRow =
  (changed: Changed) =>
  ({ accountId, code, createdAt, expiresAt, lastSeenAt, sender }: PairingRequest): Shown<PairingRequest> => {
    const seen = timeOf(lastSeenAt)
    const does = (act: () => Promise<string>) => async () => {
      await attempt(act)
      await changed()
    }
    const approve = button(
      "Approve",
      sender,
      does(async () => {
        await api.approve(code)
        return `${sender} is let in, and is told so.`
      }),
      "primary"
    )
    const reject = button(
      "Reject",
      sender,
      does(async () => {
        await api.reject(code)
        return `${sender} is not let in, and is not told.`
      })
    )
    const node = el(
      "li",
      "row",
      el(
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
      ),
      el("div", "actions", approve, reject)
    )
    return { node, update: (request) => setTime(seen, request.lastSeenAt) }
  }

const personRow =
  (changed: Changed) =>
  ({ accountId, approvedAt, sender }: PairingApproval): Shown<PairingApproval> => {
    const revoke = button("Revoke", sender, async () => {
      const sure = await ask({
        title: `Revoke ${sender}?`,
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
    const node = el(
      "li",
      "row",
      el(
        "div",
        "what",
        el("p", "main", foreign(sender)),
        el("p", "quiet", `${accountId} · let in `, timeOf(approvedAt))
      ),
      el("div", "actions", revoke)
    )
    return { node, update: () => {} }
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
