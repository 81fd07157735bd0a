/** From the spawn of a subject to its `watch.subscribe` read by the child. */
import { Effect } from "effect"
import { startOnSimulator } from "./simulator.ts"
import { type SubjectOf, startOnMemory } from "./subject.ts"

/** Milliseconds, with a child in memory and an empty state folder: to the subscription, and to the first answer. */
export const measureStart = (of: SubjectOf) =>
  startOnMemory(of).pipe(
    Effect.map(({ greetedAt, startedAt, subscribedAt }) => ({
      subscribedMs: Number(subscribedAt - startedAt) / 1e6,
      answeredMs: Number(greetedAt - startedAt) / 1e6
    })),
    Effect.scoped
  )

/** Milliseconds to the subscription with the simulator, whose own start is part of it. */
export const measureStartOnSimulator = (of: SubjectOf) =>
  startOnSimulator(of).pipe(
    Effect.map(({ startedAtUnixMs, subscribedAt }) => subscribedAt - startedAtUnixMs),
    Effect.scoped
  )
