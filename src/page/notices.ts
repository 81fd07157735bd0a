/** What the page says of what was done, and asks before it does it: one notice and one question at a time. */
import { signal } from "@preact/signals"
import { messageOf } from "../schemas/errors/messageOf.ts"
import { RequestFailed } from "./failure.ts"

export interface Notice {
  readonly tone: "good" | "doubtful" | "bad"
  readonly lines: ReadonlyArray<string>
}

export const notice = signal<Notice | undefined>(undefined)
/** Said to screen readers alone: it can be seen elsewhere. */
export const announcement = signal("")

const show = (tone: Notice["tone"], ...all: ReadonlyArray<string>): void => {
  notice.value = { tone, lines: all.filter((line) => line !== "") }
}

/** Says what went wrong, and what to do about it. */
export const tellFailure = (error: unknown): void =>
  error instanceof RequestFailed
    ? show("bad", `${error.message}.`, error.hint)
    : show("bad", "The page itself failed.", messageOf(error))

/** What came of something: in words alone where it went well. */
export type Outcome = string | { readonly tone: Notice["tone"]; readonly words: string }

/** Does what a button is for, and says how it went. Answers whether it was done. */
export const attempt = async (act: () => Promise<Outcome>): Promise<boolean> => {
  try {
    const came = await act()
    if (typeof came === "string") show("good", came)
    else show(came.tone, came.words)
    return true
  } catch (error) {
    tellFailure(error)
    return false
  }
}

export interface Question {
  readonly title: string
  readonly text: string
  /** What the button says that does it. */
  readonly yes: string
  /** How that button looks; `danger` where something is lost. */
  readonly look?: "danger" | "primary"
}

interface Asked extends Question {
  readonly answer: (sure: boolean) => void
}

export const question = signal<Asked | undefined>(undefined)

/** Answers whether the person said yes. Escape and Cancel are a no, and Cancel has the focus. */
export const ask = (asked: Question): Promise<boolean> =>
  new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (sure) => {
        question.value = undefined
        resolve(sure)
      }
    }
  })
