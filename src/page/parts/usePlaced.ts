/** Rows that stay where they are while somebody is at their list. */
import type { RefObject } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { type Placed, place } from "../placed.ts"

/** How often is looked whether somebody is still at what is gone. */
const LOOK_AGAIN_MS = 1000

const isHeld = (list: HTMLElement | null): boolean => list?.matches(":hover, :focus-within") ?? false

export const usePlaced = <A>(
  list: RefObject<HTMLElement | null>,
  items: ReadonlyArray<A>,
  keyOf: (item: A) => string
): ReadonlyArray<Placed<A>> => {
  const shown = useRef<ReadonlyArray<Placed<A>>>([])
  const [, lookAgain] = useState(0)
  shown.current = place(shown.current, items, keyOf, Date.now(), isHeld(list.current))
  const lingers = shown.current.some(({ goneAt }) => goneAt !== undefined)
  useEffect(() => {
    if (!lingers) return undefined
    const timer = setInterval(() => lookAgain((count) => count + 1), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [lingers])
  return shown.current
}
