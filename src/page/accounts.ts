/** The accounts, as they are now. */
import type { AccountReport } from "../schemas/control/Status.ts"
import { api } from "./api.ts"
import { button, byId, el, foreign, keyedList, mark, type Shown, setText, setTime, timeOf } from "./dom.ts"
import { announce, attempt } from "./notice.ts"
import { codeWords, STATE_WORDS } from "./words.ts"

/** A fact whose value changes. */
const fact = (name: string) => {
  const value = el("dd", "")
  return { value, nodes: [el("div", "", el("dt", "", name), value)] }
}

const setMoment = (node: HTMLElement, at: number | null): void => {
  const time = node.querySelector("time")
  if (at === null) setText(node, "never")
  else if (time === null) node.replaceChildren(timeOf(at))
  else setTime(time, at)
}

const setRestarts = (node: HTMLElement, { lastRestart, restarts }: AccountReport): void => {
  // Made anew only when it is another: a screen reader may be in it.
  const version = `${restarts} ${lastRestart?.at}`
  if (node.dataset.version === version) return
  node.dataset.version = version
  node.replaceChildren(
    String(restarts),
    ...(lastRestart === null ? [] : [` · ${codeWords(lastRestart.reason)} `, timeOf(lastRestart.at)])
  )
}

const restart = (account: AccountReport): Promise<boolean> =>
  attempt(async () => {
    await api.restart(account.id)
    return `${account.name ?? account.id} is being restarted.`
  })

const card = (first: AccountReport): Shown<AccountReport> => {
  const shape = mark(first.state)
  const state = el("span", "state")
  const since = timeOf(first.since, "for")
  const problem = el("p", "problem")
  const remedy = el("p", "remedy")
  const trouble = el("div", "trouble", problem, remedy)
  const restarts = fact("Restarts")
  const lastIn = fact("Last in")
  const lastOut = fact("Last out")
  const queue = fact("Queue")
  const name = el("h3", "")
  const again = button("Restart", first.name ?? first.id, () => restart(first))
  const node = el(
    "li",
    "card",
    el("div", "heading", el("div", "who", shape, name, el("p", "", state, " for ", since)), again),
    trouble,
    el("dl", "facts", ...lastIn.nodes, ...lastOut.nodes, ...queue.nodes, ...restarts.nodes)
  )
  let shown: AccountReport | undefined
  return {
    node,
    update: (account) => {
      const { id, lastError, lastInboundAt, lastOutboundAt, queued } = account
      if (shown !== undefined && shown.state !== account.state) {
        announce(`Account ${account.name ?? id}: ${STATE_WORDS[account.state]}`)
      }
      if (shown?.id !== id || shown.name !== account.name) {
        name.replaceChildren(foreign(account.name ?? id))
      }
      shown = account
      node.dataset.state = account.state
      shape.dataset.state = account.state
      setText(state, STATE_WORDS[account.state])
      setTime(since, account.since)
      const ill = lastError !== null && account.state !== "running" && account.state !== "disabled"
      trouble.hidden = !ill
      setText(problem, ill ? lastError.message : "")
      setText(remedy, ill ? lastError.hint : "")
      remedy.hidden = lastError?.hint === ""
      setMoment(lastIn.value, lastInboundAt)
      setMoment(lastOut.value, lastOutboundAt)
      setText(queue.value, String(queued))
      setRestarts(restarts.value, account)
      again.hidden = account.state === "disabled"
    }
  }
}

/** Shows the accounts. */
export const showAccounts = keyedList(byId("accounts", HTMLUListElement), ({ id }) => id, card)
