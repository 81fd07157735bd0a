/** The little of a framework that the page needs. Text only ever becomes text. */
import { type Tense, timeWords } from "./words.ts"

export type Child = Node | string

/** The element of the document with an id; the page is broken without it. */
export const byId = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with the id ${id}`)
  return found
}

/** A new element with a class and children. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag)
  if (className !== "") made.className = className
  made.append(...children)
  return made
}

/** Lets a list that scrolls be scrolled with the keyboard, in browsers that would not by themselves. */
export const scrollable = <E extends HTMLElement>(list: E): E => {
  list.tabIndex = 0
  return list
}

/** Sets a text, where it is another. */
export const setText = (node: HTMLElement, text: string): void => {
  if (node.textContent !== text) node.textContent = text
}

/** What others wrote or chose: its direction of writing stays its own. */
export const foreign = (text: string): HTMLElement => el("bdi", "", text)

/** Words for screen readers only. */
const unseen = (text: string): HTMLElement => el("span", "unseen", text)

/** A shape that says what the word beside it says. */
export const mark = (tone: string): HTMLElement => {
  const made = el("span", "mark")
  made.ariaHidden = "true"
  made.dataset.state = tone
  return made
}

const showTime = (time: HTMLTimeElement, now: number): void => {
  const { at, tense } = time.dataset
  setText(time, timeWords(Number(at), now, tense === "for" ? "for" : "ago"))
}

/** Lets a time element show another time. */
export const setTime = (time: HTMLTimeElement, at: number): void => {
  if (time.dataset.at === String(at)) return
  const date = new Date(at)
  time.dataset.at = String(at)
  time.dateTime = date.toISOString()
  time.title = date.toLocaleString()
  showTime(time, Date.now())
}

/** A time, told as a span that keeps up with the clock. */
export const timeOf = (at: number, tense: Tense = "ago"): HTMLTimeElement => {
  const made = el("time", "")
  made.dataset.tense = tense
  setTime(made, at)
  return made
}

/** Brings all times on the page up to date. */
export const refreshTimes = (): void => {
  const now = Date.now()
  for (const time of document.querySelectorAll("time")) showTime(time, now)
}

/** A button that does one thing at a time. It keeps the focus while it works. */
export const button = (
  label: string,
  about: string,
  act: () => Promise<unknown>,
  className = ""
): HTMLButtonElement => {
  const made = el("button", className, label, unseen(` ${about}`))
  made.type = "button"
  runOnClick(made, act)
  return made
}

/** Runs one action of a button at a time. */
export const runOnClick = (it: HTMLButtonElement, act: () => Promise<unknown>): void => {
  it.addEventListener("click", () => {
    if (it.ariaDisabled === "true") return
    it.ariaDisabled = "true"
    void act().finally(() => {
      it.ariaDisabled = null
    })
  })
}

/** One item on the page: made once, and brought up to date when its data changes. */
export interface Shown<A> {
  readonly node: HTMLElement
  readonly update: (item: A) => void
  /** Says in its place what became of it, once it is in the data no more. What has nothing to say goes at once. */
  readonly gone?: () => void
}

/** How long what is gone keeps its place, in ms, and how often is looked whether somebody is still there. */
const LINGERS_MS = 10_000
const LOOK_AGAIN_MS = 1000

/**
 * Who is at an item that goes finds the next one, or the list's title, and not the top of the page. Never a button: the
 * key that was pressed for one item must not do the same to another.
 */
const passFocusOn = (leaving: Element, list: HTMLElement): void => {
  if (!leaving.contains(document.activeElement)) return
  const next = leaving.nextElementSibling ?? leaving.previousElementSibling
  const title = list.closest("section")?.querySelector<HTMLElement>("h2")
  const to = next instanceof HTMLElement ? next : title
  if (to === undefined || to === null) return
  to.tabIndex = -1
  to.focus()
}

/**
 * A list that follows its data: items keep their elements, and with them the focus, for as long as they are there. What
 * is gone keeps its place for a while, and for as long as the pointer or the focus is in the list, so that nothing moves
 * under a click.
 */
export const keyedList = <A>(
  list: HTMLElement,
  keyOf: (item: A) => string,
  make: (item: A) => Shown<A>
): ((items: ReadonlyArray<A>) => void) => {
  const shown = new Map<string, Shown<A>>()
  const lingering = new Set<Element>()
  const empty = list.closest("section")?.querySelector<HTMLElement>(".empty")

  const showWhetherEmpty = (): void => {
    list.hidden = shown.size + lingering.size === 0
    if (empty !== null && empty !== undefined) empty.hidden = shown.size > 0
  }
  const remove = (node: HTMLElement): void => {
    passFocusOn(node, list)
    node.remove()
    lingering.delete(node)
  }
  const removeUnseen = (node: HTMLElement): void => {
    if (list.matches(":hover, :focus-within")) {
      setTimeout(() => removeUnseen(node), LOOK_AGAIN_MS)
      return
    }
    remove(node)
    showWhetherEmpty()
  }
  const takeAway = ({ gone, node }: Shown<A>): void => {
    if (gone === undefined) {
      remove(node)
      return
    }
    gone()
    node.dataset.gone = ""
    lingering.add(node)
    setTimeout(() => removeUnseen(node), LINGERS_MS)
  }
  const behindLingering = (node: Element | null): Element | null => {
    let at = node
    while (at !== null && lingering.has(at)) at = at.nextElementSibling
    return at
  }

  return (items) => {
    const keys = new Set(items.map(keyOf))
    for (const [key, one] of shown) {
      if (keys.has(key)) continue
      shown.delete(key)
      takeAway(one)
    }
    let before = behindLingering(list.firstElementChild)
    for (const item of items) {
      const key = keyOf(item)
      const known = shown.get(key)
      const one = known ?? make(item)
      if (known === undefined) shown.set(key, one)
      one.update(item)
      if (one.node === before) before = behindLingering(before.nextElementSibling)
      else list.insertBefore(one.node, before)
    }
    showWhetherEmpty()
  }
}
