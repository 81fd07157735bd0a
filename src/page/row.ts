/** A row of a list with something to do, which says in the same place what came of it. */
import { el, setText } from "./dom.ts"

/** `otherwise` says what became of an item that is gone without anything having been done here. */
export const actionRow = (
  what: HTMLElement,
  buttons: ReadonlyArray<HTMLButtonElement>,
  otherwise: () => string
) => {
  const outcome = el("p", "outcome")
  outcome.hidden = true
  const actions = el("div", "actions", ...buttons)
  const node = el("li", "row", what, actions, outcome)
  // For whoever was at one of its buttons.
  node.tabIndex = -1

  /** Hides elements of the row; who was at one of them stays in the row. */
  const hide = (...elements: ReadonlyArray<HTMLElement>): void => {
    if (elements.some((one) => one.contains(document.activeElement))) node.focus()
    for (const one of elements) one.hidden = true
  }
  /** Shows what came of it in place of the buttons. */
  const settle = (words: string): void => {
    setText(outcome, words)
    outcome.hidden = false
    hide(actions)
  }
  return {
    node,
    hide,
    settle,
    gone: (): void => {
      if (outcome.hidden) settle(otherwise())
    }
  }
}
