import { ClusterError } from "@effect/cluster"
import { expect, it } from "@effect/vitest"
import { Effect, HashMap, Layer, Logger, TestClock } from "effect"
import * as hostLogs from "../../../src/layers/cluster/hostLogs.ts"

/** What is logged by some effects, a minute and more apart where they say so. */
const logged = (effect: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.make<unknown, void>(({ annotations, cause, logLevel, message }) => {
      expect(HashMap.unsafeGet(annotations, "host")).toBe("studio")
      const hint = HashMap.has(annotations, "hint") ? " (hint)" : ""
      lines.push(`${logLevel.label} ${String(message)}${hint} ${cause._tag}`)
    })
    const loggers = Layer.provideMerge(hostLogs.layer("studio"), Logger.replace(Logger.defaultLogger, logger))
    yield* Effect.provide(effect, loggers)
    return lines
  })

const lost = new ClusterError.PersistenceError({
  cause: new Error("query failed", { cause: new Error("connect ECONNREFUSED") })
})
const failing = (text: string) =>
  Effect.catchAllCause(Effect.fail(lost), (cause) => Effect.logError(text, cause))

it.effect("what the engine says of a lost database is said in the gateway's words, once while it lasts", () =>
  Effect.gen(function* () {
    const lines = yield* logged(
      Effect.gen(function* () {
        yield* failing("Shard lock storage is unhealthy")
        for (let n = 0; n < 5; n++) {
          yield* failing("Could not read messages from storage")
          yield* TestClock.adjust("5 seconds")
        }
        yield* Effect.logInfo("Shard lock storage has recovered")
        yield* failing("Could not read messages from storage")
      })
    )
    expect(lines).toEqual([
      "ERROR this host cannot renew in the database what it has taken: its accounts and sessions stop here, and another host may take them: connect ECONNREFUSED (hint) Empty",
      "WARN what waits for the sessions of this host cannot be read from the database: connect ECONNREFUSED (hint) Empty",
      "INFO the database lets this host take accounts and sessions again Empty",
      "WARN what waits for the sessions of this host cannot be read from the database: connect ECONNREFUSED (hint) Empty"
    ])
  })
)

it.effect("what a fault of a program ended, and all else, stays as it is", () =>
  Effect.gen(function* () {
    const lines = yield* logged(
      Effect.zipRight(
        Effect.catchAllCause(Effect.dieMessage("a bug"), (cause) =>
          Effect.logWarning("Could not read messages from storage", cause)
        ),
        Effect.logInfo("running")
      )
    )
    expect(lines).toEqual(["WARN Could not read messages from storage Die", "INFO running Empty"])
  })
)
