/**
 * Where rows of a list are. Pure. What is gone keeps its place for a while, and for as long as somebody is at the list;
 * what is new comes below it meanwhile: nothing moves under a click or a key.
 */

export interface Placed<A> {
  readonly key: string
  readonly item: A
  /** When it was found to be gone, in ms; undefined of what is there. */
  readonly goneAt: number | undefined
}

/** How long what is gone stays at least, in ms. */
export const LINGERS_MS = 10_000

/**
 * Who is at a list: somebody at its own rows, or at rows below it, which it must not move. Own rows are where the pointer
 * or the focus is; the focus goes along with a row that moves, the pointer does not.
 */
export type Hold = "free" | "here" | "below"

/** The rows after the data has changed. */
export const place = <A>(
  before: ReadonlyArray<Placed<A>>,
  items: ReadonlyArray<A>,
  keyOf: (item: A) => string,
  now: number,
  hold: Hold
): ReadonlyArray<Placed<A>> => {
  const found = new Map(items.map((item) => [keyOf(item), item]))
  const kept = before.flatMap(({ goneAt, item, key }): ReadonlyArray<Placed<A>> => {
    const there = found.get(key)
    if (there !== undefined) return [{ key, item: there, goneAt: undefined }]
    const since = goneAt ?? now
    return hold !== "free" || now - since < LINGERS_MS ? [{ key, item, goneAt: since }] : []
  })
  const known = new Set(kept.map(({ key }) => key))
  const all = items.map((item): Placed<A> => ({ key: keyOf(item), item, goneAt: undefined }))
  // They come once nobody is below any more.
  if (hold === "below") return kept
  const isStill = hold === "free" && kept.every(({ goneAt }) => goneAt === undefined)
  return isStill ? all : [...kept, ...all.filter(({ key }) => !known.has(key))]
}
