/** A part of a view whose rows stay where they are until the person moves, and a row with something to do. */
import { type ComponentChildren, Fragment, type JSX } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { Button, Section } from "./basics.tsx"
import { usePlaced } from "./usePlaced.ts"

/** `render` makes a row, which is to say what became of an item that is gone. */
export const PlacedSection = <A,>({
  aside,
  empty,
  id,
  items,
  keyOf,
  render,
  title
}: {
  readonly aside?: ComponentChildren
  /** What is said where there is nothing; without it there is no such part then. */
  readonly empty?: string
  readonly id: string
  readonly title: string
  readonly items: ReadonlyArray<A>
  readonly keyOf: (item: A) => string
  readonly render: (item: A, isGone: boolean) => JSX.Element
}) => {
  const list = useRef<HTMLUListElement>(null)
  const shown = usePlaced(list, items, keyOf)
  const isEmpty = shown.every(({ goneAt }) => goneAt !== undefined)
  if (shown.length === 0 && empty === undefined) return null
  return (
    <Section id={id} title={title} aside={aside}>
      <ul id={id} class="rows" ref={list} hidden={shown.length === 0}>
        {shown.map(({ goneAt, item, key }) => (
          <Fragment key={key}>{render(item, goneAt !== undefined)}</Fragment>
        ))}
      </ul>
      {/* Below what is gone, so that it moves nothing. */}
      {isEmpty && empty !== undefined && (
        <p class="empty">
          {items.length === 0 ? empty : "What is new comes once you point at no row below."}
        </p>
      )}
    </Section>
  )
}

export interface Action {
  readonly label: string
  /** Whom or what it is about, for screen readers. */
  readonly about: string
  readonly look?: string
  /** Answers what became of the row, once that is decided. */
  readonly act: () => Promise<string | undefined>
}

/** A row whose buttons stay where they are, and do nothing more, once it is decided. */
export const Row = ({
  actions,
  children,
  gone,
  quiet
}: {
  readonly actions: ReadonlyArray<Action>
  readonly children: ComponentChildren
  /** What became of it elsewhere; undefined of what is there. */
  readonly gone: string | undefined
  readonly quiet: ComponentChildren
}) => {
  const [outcome, settle] = useState<string | undefined>(undefined)
  const node = useRef<HTMLLIElement>(null)
  const height = useRef(0)
  const final = outcome ?? gone
  // What it says at last may be shorter: nothing below it moves up.
  useLayoutEffect(() => {
    if (node.current === null) return
    if (final === undefined) height.current = node.current.offsetHeight
    else node.current.style.minHeight = `${height.current}px`
  })
  const press = (act: Action["act"]) => async (): Promise<void> => {
    const done = await act()
    if (done !== undefined) settle(done)
  }
  return (
    <li class="row" ref={node} data-gone={final === undefined ? undefined : ""}>
      <div class="what">
        {children}
        {final === undefined ? <p class="quiet">{quiet}</p> : <p class="outcome">{final}</p>}
      </div>
      <div class="actions">
        {actions.map(({ about, act, label, look = "" }) => (
          <Button key={label} about={about} act={press(act)} isOff={final !== undefined} look={look}>
            {label}
          </Button>
        ))}
      </div>
    </li>
  )
}
