/** The list of what happens. */
import { byId, el, foreign, mark, scrollable, timeOf } from "./dom.ts"
import type { Happened } from "./live.ts"
import { eventTone, eventWords, KINDS } from "./words.ts"

/** Events that are kept and shown. */
const MOST = 200
/** Many at once are shown together. */
const TOGETHER_MS = 100

/** An event, or a gap in what the page has seen. */
type Entry = Happened | { readonly at: number; readonly gap: true }

const list = scrollable(byId("events", HTMLOListElement))
const empty = list.closest("section")?.querySelector<HTMLElement>(".empty")
const kind = byId("kind", HTMLSelectElement)
const pause = byId("pause", HTMLButtonElement)

for (const [tag, words] of Object.entries(KINDS)) kind.append(new Option(words, tag))

let entries: ReadonlyArray<Entry> = []
let timer: number | undefined
let missed = 0

const lineOf = (entry: Entry): HTMLElement => {
  if ("gap" in entry) {
    return el(
      "li",
      "line gap",
      el("p", "quiet", "connected again; what happened meanwhile is not listed · ", timeOf(entry.at))
    )
  }
  const { at, event } = entry
  const account = "accountId" in event ? [`${event.accountId} · `] : []
  return el(
    "li",
    "line",
    mark(eventTone(event)),
    el(
      "div",
      "",
      el("p", "", el("strong", "", KINDS[event._tag]), " ", foreign(eventWords(event))),
      el("p", "quiet", ...account, timeOf(at))
    )
  )
}

const lines = new WeakMap<Entry, HTMLElement>()

const lineFor = (entry: Entry): HTMLElement => {
  const known = lines.get(entry)
  if (known !== undefined) return known
  const made = lineOf(entry)
  lines.set(entry, made)
  return made
}

const isPaused = (): boolean => pause.ariaPressed === "true"

const render = (): void => {
  timer = undefined
  if (isPaused()) {
    pause.textContent = missed === 0 ? "Go on" : `Go on (${missed} more)`
    return
  }
  pause.textContent = "Pause"
  missed = 0
  const wanted = entries.filter(
    (entry) => kind.value === "" || "gap" in entry || entry.event._tag === kind.value
  )
  list.replaceChildren(...wanted.map(lineFor))
  list.hidden = wanted.length === 0
  if (empty !== null && empty !== undefined) empty.hidden = wanted.length > 0
}

const add = (entry: Entry): void => {
  entries = [entry, ...entries].slice(0, MOST)
  missed++
  if (timer === undefined) timer = window.setTimeout(render, TOGETHER_MS)
}

/** Puts an event on top of the list. */
export const showEvent = (happened: Happened): void => add(happened)

/** Says that the page was not listening for a while. */
export const showGap = (): void => {
  if (entries.length > 0) add({ at: Date.now(), gap: true })
}

kind.addEventListener("change", render)
pause.addEventListener("click", () => {
  pause.ariaPressed = String(!isPaused())
  render()
})
render()
