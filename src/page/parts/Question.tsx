/** Asks before something that cannot be taken back. */
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { question } from "../notices.ts"

/** For so long yes is not heard, in ms: the second click of two meant the button below. The focus can go there meanwhile. */
const HELD_MS = 500

export const QuestionDialog = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  const [held, setHeld] = useState(true)
  const asked = question.value
  // Before the next key or click can come: it is the question's.
  useLayoutEffect(() => {
    if (asked === undefined || dialog.current === null) return undefined
    setHeld(true)
    dialog.current.returnValue = "no"
    dialog.current.showModal()
    const timer = setTimeout(() => setHeld(false), HELD_MS)
    return () => clearTimeout(timer)
  }, [asked])
  return (
    <dialog
      ref={dialog}
      aria-labelledby="question-title"
      aria-describedby="question-text"
      onClose={({ currentTarget }) => asked?.answer(currentTarget.returnValue === "yes")}
    >
      <form method="dialog">
        <h2 id="question-title">{asked?.title ?? "Are you sure?"}</h2>
        <p id="question-text">{asked?.text}</p>
        <div class="actions">
          <button id="question-no" type="submit" value="no">
            Cancel
          </button>
          <button
            id="question-yes"
            type="submit"
            class={asked?.look ?? "danger"}
            value="yes"
            aria-disabled={held ? "true" : undefined}
            onClick={(event) => {
              if (held) event.preventDefault()
            }}
          >
            {asked?.yes ?? "Yes"}
          </button>
        </div>
      </form>
    </dialog>
  )
}
