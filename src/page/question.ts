/** Asks before something that cannot be taken back. */
import { byId, type Child, setText } from "./dom.ts"

/** For so long yes cannot be said, in ms: the second click of two meant the button below. */
const HELD_MS = 500

const dialog = byId("question", HTMLDialogElement)
const title = byId("question-title", HTMLHeadingElement)
const text = byId("question-text", HTMLParagraphElement)
const yes = byId("question-yes", HTMLButtonElement)

export interface Question {
  readonly title: ReadonlyArray<Child>
  readonly text: string
  /** What the button says that does it. */
  readonly yes: string
  /** How that button looks; `danger` where something is lost. */
  readonly look?: "danger" | "primary"
}

/** Answers whether the person said yes. Escape and Cancel are a no, and Cancel has the focus. */
export const ask = (question: Question): Promise<boolean> => {
  title.replaceChildren(...question.title)
  setText(text, question.text)
  setText(yes, question.yes)
  yes.className = question.look ?? "danger"
  yes.disabled = true
  setTimeout(() => {
    yes.disabled = false
  }, HELD_MS)
  dialog.returnValue = "no"
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true })
  })
}
