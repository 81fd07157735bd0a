/** The list of what happens. */
import { useState } from "preact/hooks"
import { eventTone, eventWords, KINDS } from "../eventWords.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { type Line, lines, names } from "../state.ts"
import { accountOfEvent } from "../words.ts"

const keys = new WeakMap<Line, number>()
let nextKey = 0
/** Lines have no number of their own, and are never changed. */
const keyOf = (line: Line): number => {
  const known = keys.get(line)
  if (known !== undefined) return known
  nextKey++
  keys.set(line, nextKey)
  return nextKey
}

const Gap = ({ at }: { readonly at: number }) => (
  <li class="line gap">
    <p class="quiet">
      connected again; what happened meanwhile is not listed · <Time at={at} />
    </p>
  </li>
)

const EventLine = ({ line }: { readonly line: Exclude<Line, { readonly gap: true }> }) => {
  const { at, event, host } = line
  const account = accountOfEvent(event, names.value)
  return (
    <li class="line">
      <Mark tone={eventTone(event)} />
      <div>
        <p>
          <strong>{KINDS[event._tag]}</strong> <Foreign>{eventWords(event, names.value)}</Foreign>
        </p>
        <p class="quiet">
          {account === undefined ? "" : `${account} · `}
          {host === undefined ? "" : `on ${host} · `}
          <Time at={at} />
        </p>
      </div>
    </li>
  )
}

export const Events = () => {
  const [kind, setKind] = useState("")
  const [held, setHeld] = useState<ReadonlyArray<Line> | undefined>(undefined)
  const all = held ?? lines.value
  const newest = held?.[0]
  const more =
    newest === undefined ? (held === undefined ? 0 : lines.value.length) : lines.value.indexOf(newest)
  const wanted = all.filter((line) => kind === "" || "gap" in line || line.event._tag === kind)
  return (
    <Section
      id="events"
      title="What happens"
      aside={
        <div class="actions">
          <label for="kind">Show</label>
          <select id="kind" value={kind} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
            <option value="">everything</option>
            {Object.entries(KINDS).map(([tag, words]) => (
              <option key={tag} value={tag}>
                {words}
              </option>
            ))}
          </select>
          <button
            type="button"
            aria-pressed={held !== undefined}
            onClick={() => setHeld(held === undefined ? lines.value : undefined)}
          >
            {held === undefined ? "Pause" : more === 0 ? "Go on" : `Go on (${more < 0 ? "many" : more} more)`}
          </button>
        </div>
      }
    >
      {wanted.length === 0 && <p class="empty">Nothing yet. What happens from now on is listed here.</p>}
      <ol id="events" class="lines" aria-labelledby="events-title" hidden={wanted.length === 0}>
        {wanted.map((line) =>
          "gap" in line ? <Gap key={keyOf(line)} at={line.at} /> : <EventLine key={keyOf(line)} line={line} />
        )}
      </ol>
    </Section>
  )
}
