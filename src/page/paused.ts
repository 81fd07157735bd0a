/** Chats that are paused because they give the gateway's own words back, or by order. */
import type { PausedChatReport } from "../schemas/control/Status.ts"
import { api } from "./api.ts"
import { button, byId, el, foreign, keyedList, type Shown, timeOf } from "./dom.ts"
import { attempt } from "./notice.ts"
import { actionRow } from "./row.ts"

const pausedRow =
  (changed: () => Promise<void>) =>
  (paused: PausedChatReport): Shown<PausedChatReport> => {
    const { accountId, chat, since, times, until } = paused
    const resume = button("Resume", chat, async () => {
      await attempt(async () => {
        await api.resumeChat(paused)
        row.settle("Goes on.")
        return `${chat} goes on: what waits there is answered.`
      })
      await changed()
    })
    const what = el(
      "div",
      "what",
      el("p", "main", foreign(chat)),
      el(
        "p",
        "",
        times === 0
          ? "An owner has paused it, so nothing is answered there for now."
          : "It gives back what the gateway says, so nothing is answered there for now."
      ),
      el(
        "p",
        "quiet",
        `${accountId} · paused ${times === 0 ? "" : `${times === 1 ? "once" : `${times} times`} lately, last `}`,
        timeOf(since),
        " · ",
        ...(until === null ? ["until you resume it"] : ["goes on ", timeOf(until)])
      )
    )
    const row = actionRow(what, [resume], () => "Goes on.")
    return { node: row.node, gone: row.gone, update: () => {} }
  }

/** Shows those chats. `changed` is to bring the list up to date. */
export const pausedList = (changed: () => Promise<void>) =>
  keyedList(
    byId("paused", HTMLUListElement),
    ({ accountId, chat, since }) => JSON.stringify([accountId, chat, since]),
    pausedRow(changed)
  )
