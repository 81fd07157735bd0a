/** What failed for good, or may have been sent. */
import type { LetterRecord } from "../schemas/control/Records.ts"
import { api } from "./api.ts"
import { button, byId, el, keyedList, type Shown, setText, setTime, timeOf } from "./dom.ts"
import { attempt } from "./notice.ts"
import { ask } from "./question.ts"
import { actionRow } from "./row.ts"
import { codeWords } from "./words.ts"

type Changed = () => Promise<void>

/** The code of a delivery of which nobody knows whether it was sent. */
const UNCERTAIN: LetterRecord["code"] = "delivery_uncertain"

const STATUS_WORDS: Readonly<Record<LetterRecord["status"], string>> = {
  dead: "",
  asked: "will be tried again",
  retrying: "is being tried again"
}

const nameOf = ({ chat, id, kind }: LetterRecord): string =>
  `${kind === "turn" ? "turn" : "reply"} ${id}, for ${chat}`

/** Whether it may be tried again, and whether although it may have been sent before. */
const mayRetry = async (letter: LetterRecord): Promise<{ readonly anyway: boolean } | undefined> => {
  if (letter.code !== UNCERTAIN) return { anyway: false }
  const sure = await ask({
    title: ["Send it again?"],
    text: `Nobody knows whether the ${nameOf(letter)}, was sent. If it was, it is then sent twice. Look into the chat first.`,
    yes: "Send again anyway"
  })
  return sure ? { anyway: true } : undefined
}

const letterRow =
  (changed: Changed) =>
  (first: LetterRecord): Shown<LetterRecord> => {
    let letter = first
    const title = el("p", "main")
    const reason = el("p", "")
    const more = el("span", "")
    const failed = timeOf(first.failedAt)
    const retry = button("Try again", nameOf(first), async () => {
      const order = await mayRetry(letter)
      if (order === undefined) return
      await attempt(async () => {
        await api.retry(letter.id, order.anyway)
        return `The ${nameOf(letter)}, is tried again.`
      })
      await changed()
    })
    const drop = button("Drop", nameOf(first), async () => {
      const sure = await ask({
        title: ["Drop it?"],
        text: `The ${nameOf(letter)}, is forgotten with everything in it, and is never answered.`,
        yes: "Drop"
      })
      if (!sure) return
      await attempt(async () => {
        await api.drop(letter.id)
        row.settle("Dropped.")
        return `The ${nameOf(letter)}, was dropped.`
      })
      await changed()
    })
    const what = el("div", "what", title, reason, el("p", "quiet", more, failed))
    const row = actionRow(what, [retry, drop], () => "Failed no more.")
    const show = (it: HTMLButtonElement, isShown: boolean): void => {
      if (isShown) it.hidden = false
      else row.hide(it)
    }
    return {
      node: row.node,
      gone: row.gone,
      update: (now) => {
        letter = now
        const { accountId, attempts, chat, code, id, kind, status } = now
        setText(title, `${kind === "turn" ? "Turn" : "Reply"} ${id}: ${codeWords(code)}`)
        setText(reason, now.reason)
        setText(
          more,
          [
            `${accountId} · ${chat} · failed ${attempts === 1 ? "once" : `${attempts} times`}`,
            ...(status === "dead" ? [] : [STATUS_WORDS[status]]),
            "failed "
          ].join(" · ")
        )
        setTime(failed, now.failedAt)
        show(retry, status === "dead")
        show(drop, status !== "retrying")
      }
    }
  }

/** Shows the letters. `changed` is to bring the list up to date. */
export const letterList = (changed: Changed) =>
  keyedList(byId("letters", HTMLUListElement), ({ id }) => String(id), letterRow(changed))
