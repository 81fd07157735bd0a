/** The little of a framework that the page needs. Text only ever becomes text. */
import { type Tense, timeWords } from "./words.ts"

type Child = Node | string

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
export const unseen = (text: string): HTMLElement => el("span", "unseen", text)

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
}

const firstFocusable = (node: Element | null | undefined): HTMLElement | null =>
  node?.querySelector<HTMLElement>("button") ?? null

/** Who is at an item that goes should find the next one, or the list's title, and not the top of the page. */
const passFocusOn = (leaving: Element, list: HTMLElement): void => {
  if (!leaving.contains(document.activeElement)) return
  const next = firstFocusable(leaving.nextElementSibling) ?? firstFocusable(leaving.previousElementSibling)
  const title = list.closest("section")?.querySelector<HTMLElement>("h2")
  ;(next ?? title)?.focus()
}

/** A list that follows its data: items keep their elements, and with them the focus, for as long as they are there. */
export const keyedList = <A>(
  list: HTMLElement,
  keyOf: (item: A) => string,
  make: (item: A) => Shown<A>
): ((items: ReadonlyArray<A>) => void) => {
  const shown = new Map<string, Shown<A>>()
  const empty = list.closest("section")?.querySelector<HTMLElement>(".empty")
  return (items) => {
    const keys = new Set(items.map(keyOf))
    for (const [key, { node }] of shown) {
      if (keys.has(key)) continue
      passFocusOn(node, list)
      node.remove()
      shown.delete(key)
    }
    let before: Element | null = list.firstElementChild
    for (const item of items) {
      const key = keyOf(item)
      const known = shown.get(key)
      const one = known ?? make(item)
      if (known === undefined) shown.set(key, one)
      one.update(item)
      if (one.node === before) before = before.nextElementSibling
      else list.insertBefore(one.node, before)
    }
    list.hidden = items.length === 0
    if (empty !== null && empty !== undefined) empty.hidden = items.length > 0
  }
}
