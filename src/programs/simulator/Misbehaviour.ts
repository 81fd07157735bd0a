import { closeSync } from "node:fs"
import { Context, Effect, Layer } from "effect"
import { ChatDatabase } from "./ChatDatabase.ts"
import { type Fault, type Moment, strikesAt, type TimedFault } from "./Fault.ts"
import { Output } from "./Output.ts"

const NO_ACCESS = "authorization denied (code: 23)"

/** How a missing Full Disk Access reads in what imsg reports before 0.14. */
export const noDiskAccess = (file: string) =>
  `${NO_ACCESS}\n\n⚠️  Permission Error: Cannot access Messages database\n\n${file} needs Full Disk Access.`

type Tagged<T extends Fault["_tag"]> = Extract<Fault, { readonly _tag: T }>

/** Lets the faults that are set in the database strike. */
export class Misbehaviour extends Context.Tag("imsg-gateway/simulator/Misbehaviour")<
  Misbehaviour,
  {
    /** Lets everything that is set for a moment strike, in the order in which it was set. */
    readonly at: (moment: Moment, method: string) => Effect.Effect<void>
    /** The first fault of a kind, used up once; undefined when none is set. `method`: none that is for another one. */
    readonly take: <T extends Fault["_tag"]>(tag: T, method?: string) => Effect.Effect<Tagged<T> | undefined>
    /** False while no fault at all is set: then nothing needs to be taken. */
    readonly isAnySet: Effect.Effect<boolean>
    /** Ends the process at once. */
    readonly exit: (code: number, reason: string) => Effect.Effect<never>
  }
>() {
  static readonly layer = Layer.effect(
    Misbehaviour,
    Effect.gen(function* () {
      const db = yield* ChatDatabase
      const output = yield* Output

      const exit = (code: number, reason: string) =>
        Effect.ignore(db.record([{ _tag: "exit", reason }])).pipe(
          Effect.zipRight(
            Effect.sync(() => {
              process.exit(code)
            })
          ),
          Effect.zipRight(Effect.never)
        )

      const enact = (fault: TimedFault): Effect.Effect<void> => {
        switch (fault._tag) {
          case "exit":
            return exit(fault.code, "fault")
          case "hang":
            return Effect.zipRight(output.hang, Effect.never)
          case "noise":
            return output.lines([fault.line])
          case "oversize":
            return output.text("x".repeat(fault.bytes))
          case "stderr":
            return output.stderr(
              "could not fetch group\n".repeat(Math.ceil(fault.bytes / 22)).slice(0, fault.bytes)
            )
          case "closeStdout":
            return output.close
          case "refuseStdin":
            // libuv never closes the standard descriptors, and the platform has no call for it.
            return Effect.sync(() => {
              process.stdin.destroy()
              closeSync(0)
            })
        }
      }

      /** Uses up what is set and wanted, in the order in which it was set; `limit` ends the search. */
      const claimed = <F extends Fault>(wanted: (fault: Fault) => fault is F, limit: number) =>
        Effect.gen(function* () {
          const found: Array<F> = []
          for (const active of yield* db.activeFaults) {
            const { fault } = active
            if (found.length === limit || !wanted(fault) || !(yield* db.claim(active))) continue
            found.push(fault)
            // The record of a condition would grow with every use of it.
            if (active.times !== -1) yield* db.record([{ _tag: "fault", fault: fault._tag }])
          }
          return found
        }).pipe(Effect.orElseSucceed((): Array<F> => []))

      return {
        at: (moment, method) =>
          Effect.flatMap(claimed(strikesAt(moment, method), Number.POSITIVE_INFINITY), (faults) =>
            Effect.forEach(faults, enact, { discard: true })
          ),
        take: <T extends Fault["_tag"]>(tag: T, method?: string) =>
          Effect.map(
            claimed(
              (fault): fault is Tagged<T> =>
                fault._tag === tag &&
                (method === undefined ||
                  !("method" in fault) ||
                  fault.method === undefined ||
                  fault.method === method),
              1
            ),
            ([fault]) => fault
          ),
        isAnySet: db.activeFaults.pipe(
          Effect.map((faults) => faults.length > 0),
          Effect.orElseSucceed(() => false)
        ),
        exit
      }
    })
  )
}
