import { closeSync } from "node:fs"
import { Context, Deferred, Effect, Layer, Ref } from "effect"
import { ChatDatabase } from "./ChatDatabase.ts"

const encoder = new TextEncoder()

// Each write is awaited until the pipe has taken it: the watch must know when its reader is slow. The sinks of
// the platform do not tell.
const writeBytes = (bytes: Uint8Array) =>
  Effect.async<void, Error>((resume) => {
    process.stdout.write(bytes, (error) =>
      resume(error === undefined || error === null ? Effect.void : Effect.fail(error))
    )
  })

/** Cuts after the first byte of each sequence that has several. */
const cut = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const starts = [...bytes.keys()].filter((index) => (bytes[index - 1] ?? 0) >= 0xc0)
  const edges = starts.length === 0 ? [Math.floor(bytes.length / 2)] : starts
  return [...edges, bytes.length].map((end, index) => bytes.subarray(edges[index - 1] ?? 0, end))
}

/** The stdout of the simulator; lines are never mixed. */
export class Output extends Context.Tag("imsg-gateway/simulator/Output")<
  Output,
  {
    /** Writes whole lines, and returns when the pipe has taken them. Waits forever once the process hangs. */
    readonly lines: (lines: ReadonlyArray<string>) => Effect.Effect<void>
    /** Writes text without ending the line. */
    readonly text: (text: string) => Effect.Effect<void>
    readonly stderr: (text: string) => Effect.Effect<void>
    /** From here on nothing is written any more, and the reader sees the end. */
    readonly close: Effect.Effect<void>
    /** Makes this and every later write wait forever. */
    readonly hang: Effect.Effect<void>
    /** Waits while the process hangs. */
    readonly whenAwake: Effect.Effect<void>
    /** Done when nobody reads any more. */
    readonly readerGone: Effect.Effect<void>
  }
>() {
  static readonly layer = Layer.scoped(
    Output,
    Effect.gen(function* () {
      const db = yield* ChatDatabase
      const turn = yield* Effect.makeSemaphore(1)
      const awake = yield* Effect.makeLatch(true)
      const closed = yield* Ref.make(false)
      const gone = yield* Deferred.make<void>()
      // Without a listener a closed pipe would end the process as an uncaught exception.
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const listener = () => Deferred.unsafeDone(gone, Effect.void)
          process.stdout.on("error", listener)
          return listener
        }),
        (listener) => Effect.sync(() => process.stdout.off("error", listener))
      )

      const split = db.activeFaults.pipe(
        Effect.flatMap((faults) => {
          const set = faults.find(({ fault }) => fault._tag === "splitWrites")
          return set === undefined ? Effect.succeed(false) : db.claim(set)
        }),
        Effect.orElseSucceed(() => false)
      )
      const text = (value: string) =>
        Effect.gen(function* () {
          yield* awake.await
          if (yield* Ref.get(closed)) return
          const bytes = encoder.encode(value)
          if (yield* split) {
            // A pause between the pieces, so that they are read one by one.
            yield* Effect.forEach(cut(bytes), (piece) => Effect.zipRight(Effect.sleep(1), writeBytes(piece)))
          } else {
            yield* writeBytes(bytes)
          }
        }).pipe(
          turn.withPermits(1),
          Effect.catchAll(() => Deferred.succeed(gone, undefined)),
          Effect.asVoid
        )

      return {
        lines: (lines) => text(lines.map((line) => `${line}\n`).join("")),
        text,
        stderr: (value) => Effect.sync(() => void process.stderr.write(`${value}\n`)),
        // libuv never closes the standard descriptors, and the platform has no call for it.
        close: Effect.zipRight(
          Ref.set(closed, true),
          Effect.sync(() => closeSync(1))
        ).pipe(turn.withPermits(1)),
        hang: awake.close,
        whenAwake: awake.await,
        readerGone: Deferred.await(gone)
      }
    })
  )
}
