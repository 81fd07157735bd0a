/** The fault `unripe`: a received row of which a part comes later. */
import { FileSystem } from "@effect/platform"
import { Effect, FiberSet, Schedule } from "effect"
import type { Late, NewMessage } from "./ChatModel.ts"
import type { makeSimulatorTables } from "./simulatorTables.ts"

/** What a message is written without, and what brings it later, once its row is there. */
interface Unripe {
  readonly without: ReadonlyArray<Late>
  readonly ripen: (rowId: number) => Effect.Effect<void>
}

/** How often, and for how long, a write that the database refuses is made again. */
const UNTIL_WRITTEN = Schedule.intersect(Schedule.spaced("50 millis"), Schedule.recurs(200))

const RIPE: Unripe = { without: [], ripen: () => Effect.void }

/** Where a file lies until it is there. */
const aside = (path: string) => `${path}.download`

/** Parts that come later do so before the scope closes, also after a command that ends at once. */
export const makeUnripe = <E>(
  own: ReturnType<typeof makeSimulatorTables>,
  complete: (rowId: number, parts: ReadonlyArray<Late>) => Effect.Effect<void, E>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const coming = yield* FiberSet.make()
    yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(coming))

    const struck = (message: NewMessage) =>
      Effect.gen(function* () {
        for (const set of yield* own.activeFaults) {
          const { fault } = set
          if (fault._tag !== "unripe") continue
          const { length } = message.attachments ?? []
          if ((fault.what !== "chat" && length === 0) || !(yield* own.claim(set))) continue
          yield* own.record([{ _tag: "fault", fault: "unripe" }])
          return fault
        }
        return undefined
      })

    /** How a message that is about to be written is unripe. */
    return (message: NewMessage) =>
      Effect.gen(function* () {
        const fault =
          message.sender === null || message.reaction !== undefined ? undefined : yield* struck(message)
        if (fault === undefined) return RIPE
        const { ms, what } = fault
        // It comes for certain: a database that is written by others for a moment is no reason to leave it out.
        const after = (bring: Effect.Effect<unknown, unknown>) =>
          Effect.asVoid(
            FiberSet.run(coming, bring.pipe(Effect.retry(UNTIL_WRITTEN), Effect.delay(ms), Effect.orDie))
          )
        if (what !== "file")
          return { without: [what], ripen: (rowId: number) => after(complete(rowId, [what])) }
        const paths = (message.attachments ?? []).map(({ filename }) => filename)
        yield* Effect.forEach(paths, (path) => Effect.ignore(fs.rename(path, aside(path))))
        return {
          without: [],
          ripen: () => after(Effect.forEach(paths, (path) => fs.rename(aside(path), path)))
        }
      }).pipe(Effect.map((unripe): Unripe => unripe))
  })
