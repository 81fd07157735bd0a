/** Loads over the chats of many accounts. */
import { Effect } from "effect"
import type { Fleet } from "./fleet.ts"
import { makeTally, type Place, type TallyResult } from "./tally.ts"

/** How long the answers that are missing are waited for. */
const DRAIN_MS = 120_000

const now = () => Number(process.hrtime.bigint()) / 1e6

/** From the first write to the last answer; `messages` are its answers. Times are milliseconds of `process.hrtime`. */
export interface FleetResult extends TallyResult {
  readonly begunAt: number
  readonly endedAt: number
}

/** Writes a message into a chat. */
type Write = (place: Place) => void

interface Feeding {
  /** Begins; answers how to end early. */
  readonly feed: (write: Write, onFed: () => void) => () => void
  readonly onAnswer: (place: Place, write: Write) => void
}

let runs = 0

/** Carries out a load, and waits for what is missing. */
const carryOut = (fleet: Fleet, { feed, onAnswer }: Feeding): Effect.Effect<FleetResult> =>
  Effect.async((resume) => {
    const tally = makeTally(++runs)
    const begunAt = now()
    let endedAt = begunAt
    let isFed = false
    let draining: NodeJS.Timeout | undefined
    const finish = () => {
      clearTimeout(draining)
      fleet.hear(undefined)
      resume(Effect.succeed({ ...tally.result(), begunAt, endedAt }))
    }
    const write: Write = (place) => {
      // What an account cannot be told, having no child, is a message that is not answered.
      fleet.notify(place, tally.written(place, now()))
    }
    fleet.hear((place, text, at) => {
      if (!tally.answered(place, text, at)) return
      endedAt = at
      if (!isFed) onAnswer(place, write)
      else if (tally.waiting() === 0) finish()
    })
    const stop = feed(write, () => {
      isFed = true
      if (tally.waiting() === 0) finish()
      else draining = setTimeout(finish, DRAIN_MS)
    })
    return Effect.sync(() => {
      stop()
      clearTimeout(draining)
      fleet.hear(undefined)
    })
  })

/** So many messages, one every `everyMs` whether the ones before are answered or not; the places take turns. */
export const pace = (
  fleet: Fleet,
  places: ReadonlyArray<Place>,
  { count, everyMs }: { readonly count: number; readonly everyMs: number }
) =>
  carryOut(fleet, {
    onAnswer: () => {},
    feed: (write, onFed) => {
      const begunAt = now()
      let written = 0
      let timer: NodeJS.Timeout | undefined
      const next = () => {
        const place = places[written % places.length]
        if (place !== undefined) write(place)
        written++
        if (written >= count) return onFed()
        timer = setTimeout(next, begunAt + written * everyMs - now())
      }
      next()
      return () => clearTimeout(timer)
    }
  })

/** `outstanding` messages at a time in each place, each written anew when it is answered, for so many seconds. */
export const saturate = (
  fleet: Fleet,
  places: ReadonlyArray<Place>,
  { outstanding, seconds }: { readonly outstanding: number; readonly seconds: number }
) =>
  carryOut(fleet, {
    onAnswer: (place, write) => write(place),
    feed: (write, onFed) => {
      for (let n = 0; n < outstanding; n++) places.forEach(write)
      const timer = setTimeout(onFed, seconds * 1000)
      return () => clearTimeout(timer)
    }
  })
