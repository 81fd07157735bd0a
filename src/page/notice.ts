/** What the page says of what was done: one message at a time, read out politely. */

import { messageOf } from "../schemas/errors/messageOf.ts"
import { RequestFailed } from "./api.ts"
import { byId, el } from "./dom.ts"

const notice = byId("notice", HTMLDivElement)
const announcements = byId("announcements", HTMLParagraphElement)

const hide = (): void => {
  notice.hidden = true
}

const show = (tone: "good" | "bad", ...lines: ReadonlyArray<string>): void => {
  const close = el("button", "", "Dismiss")
  close.type = "button"
  close.addEventListener("click", hide)
  notice.dataset.tone = tone
  notice.replaceChildren(
    el("p", "", ...lines.filter((line) => line !== "").map((line) => el("span", "", line))),
    close
  )
  notice.hidden = false
}

/** Says that something was done. */
const tell = (message: string): void => show("good", message)

/** Says what went wrong, and what to do about it. */
export const tellFailure = (error: unknown): void =>
  error instanceof RequestFailed
    ? show("bad", `${error.message}.`, error.hint)
    : show("bad", "The page itself failed.", messageOf(error))

/** Does what a button is for, and says how it went. Answers whether it was done. */
export const attempt = async (act: () => Promise<string>): Promise<boolean> => {
  try {
    tell(await act())
    return true
  } catch (error) {
    tellFailure(error)
    return false
  }
}

/** Says something to screen readers alone: it can be seen elsewhere. */
export const announce = (message: string): void => {
  announcements.textContent = message
}
