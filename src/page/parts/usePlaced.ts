/** Rows that stay where they are while somebody is at their list. */
import type { RefObject } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { type Hold, type Placed, place } from "../placed.ts"

/** How often is looked whether somebody is still there. */
const LOOK_AGAIN_MS = 1000

const holdOf = (list: HTMLElement | null): Hold => {
  if (list === null) return "free"
  if (list.matches(":hover, :focus-within")) return "here"
  const pointed = list.closest(".column")?.querySelector(".rows:hover")
  const isBelow =
    pointed != null && (list.compareDocumentPosition(pointed) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  return isBelow ? "below" : "free"
}

export const usePlaced = <A>(
  list: RefObject<HTMLElement | null>,
  items: ReadonlyArray<A>,
  keyOf: (item: A) => string
): ReadonlyArray<Placed<A>> => {
  const shown = useRef<ReadonlyArray<Placed<A>>>([])
  const [, lookAgain] = useState(0)
  shown.current = place(shown.current, items, keyOf, Date.now(), holdOf(list.current))
  // What is gone has to go once, and what was held back has to come.
  const there = shown.current.filter(({ goneAt }) => goneAt === undefined).length
  const isBehind = there < shown.current.length || there < items.length
  useEffect(() => {
    if (!isBehind) return undefined
    const timer = setInterval(() => lookAgain((count) => count + 1), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [isBehind])
  return shown.current
}
