/** Asks before something that cannot be taken back. */
import { byId, setText } from "./dom.ts"

const dialog = byId("question", HTMLDialogElement)
const title = byId("question-title", HTMLHeadingElement)
const text = byId("question-text", HTMLParagraphElement)
const yes = byId("question-yes", HTMLButtonElement)

export interface Question {
  readonly title: string
  readonly text: string
  /** What the button says that does it. */
  readonly yes: string
}

/** Answers whether the person said yes. Escape and Cancel are a no. */
export const ask = (question: Question): Promise<boolean> => {
  setText(title, question.title)
  setText(text, question.text)
  setText(yes, question.yes)
  dialog.returnValue = "no"
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true })
  })
}
