/** The small things that views are made of. Text only ever becomes text. */

import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { isNamed, personName } from "../names.ts"
import { isLive, names, now } from "../state.ts"
import { type Tense, timeWords } from "../words.ts"

/** What others wrote or chose: its direction of writing stays its own. */
export const Foreign = ({ children }: { readonly children: string }) => <bdi>{children}</bdi>

/** A person by name, with the handle beside it where that is another. */
export const Person = ({ handle }: { readonly handle: string }) => (
  <>
    <Foreign>{personName(names.value, handle)}</Foreign>
    {isNamed(names.value, handle) && (
      <>
        {" "}
        <span class="quiet">
          <Foreign>{handle}</Foreign>
        </span>
      </>
    )}
  </>
)

/** A shape that says what the word beside it says. */
export const Mark = ({ tone }: { readonly tone: string }) => (
  <span class="mark" aria-hidden="true" data-state={tone} />
)

/** A time, told as a span that keeps up with the clock. */
export const Time = ({ at, tense = "ago" }: { readonly at: number; readonly tense?: Tense }) => {
  const date = new Date(at)
  // The signal says when to look again; what came since it did is not in the future.
  const present = Math.max(now.value, Date.now())
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {timeWords(at, present, tense)}
    </time>
  )
}

/** A button that does one thing at a time, and nothing while the gateway is gone. It keeps the focus while it works. */
export const Button = ({
  about = "",
  act,
  children,
  id,
  isOff = false,
  look = ""
}: {
  /** Whom or what it is about, for screen readers. */
  readonly about?: string
  readonly act: () => Promise<unknown>
  readonly children: string
  readonly id?: string
  readonly isOff?: boolean
  readonly look?: string
}) => {
  const [busy, setBusy] = useState(false)
  const off = busy || isOff || !isLive.value
  const press = () => {
    if (off) return
    setBusy(true)
    void act().finally(() => setBusy(false))
  }
  return (
    <button type="button" id={id} class={look} aria-disabled={off ? "true" : undefined} onClick={press}>
      {children}
      {about !== "" && <span class="unseen"> {about}</span>}
    </button>
  )
}

/** A part of a view with its title, which can have the focus. */
export const Section = ({
  aside,
  children,
  id,
  title
}: {
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
  readonly id: string
  readonly title: string
}) => (
  <section aria-labelledby={`${id}-title`}>
    <div class="heading">
      <h2 id={`${id}-title`}>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
)
