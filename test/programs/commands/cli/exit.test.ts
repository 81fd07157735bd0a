import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, FiberId, Ref } from "effect"
import { exitCode, report } from "../../../../src/programs/commands/cli/exit.ts"
import { Refused } from "../../../../src/schemas/control/failures.ts"
import { ConfigInvalid, ConfigProblem } from "../../../../src/schemas/errors/config.ts"
import { Interrupted, type StoppedBy } from "../../../../src/schemas/errors/interrupted.ts"
import { PairingNotFound } from "../../../../src/schemas/errors/pairing.ts"
import { AlreadyRunning } from "../../../../src/schemas/errors/store.ts"
import { UsageWrong } from "../../../../src/schemas/errors/usage.ts"

const configInvalid = new ConfigInvalid({
  file: "config.json5",
  problems: [new ConfigProblem({ path: "imessage.dmPolicy", message: "expected a policy" })]
})
const usage = new UsageWrong({ command: "imsg-gateway chats", detail: "--limit: 0 is too few" })
const pairingNotFound = new PairingNotFound({ kind: "request", subject: "ABCD2345" })
/** As the gateway that runs tells it. */
const asRefused = ({ code, hint, message }: typeof configInvalid | typeof pairingNotFound) =>
  new Refused({ code, hint, message })
const interrupted = Cause.interrupt(FiberId.none)
const stoppedBy = (by: StoppedBy) => new Interrupted({ by, hint: "Run it again." })
/** As it comes out of the main fiber, which the signal has interrupted. */
const stopped = (by: StoppedBy) => Exit.failCause(Cause.sequential(Cause.fail(stoppedBy(by)), interrupted))

describe("the exit code", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly exit: Exit.Exit<unknown, unknown>
    readonly code: number
  }> = [
    { what: "of what was done", exit: Exit.void, code: 0 },
    { what: "of what was to go on until it is stopped", exit: Exit.failCause(interrupted), code: 0 },
    { what: "of what Ctrl-C ended before it was done", exit: stopped("SIGINT"), code: 130 },
    { what: "of what SIGTERM ended before it was done", exit: stopped("SIGTERM"), code: 143 },
    { what: "of what nobody reads any more", exit: stopped("SIGPIPE"), code: 141 },
    { what: "of a refusal", exit: Exit.fail(pairingNotFound), code: 1 },
    { what: "of a second gateway", exit: Exit.fail(new AlreadyRunning({ stateDir: "/state" })), code: 1 },
    { what: "of a config that is wrong", exit: Exit.fail(configInvalid), code: 2 },
    { what: "of a config that the gateway refuses", exit: Exit.fail(asRefused(configInvalid)), code: 2 },
    { what: "of what else the gateway refuses", exit: Exit.fail(asRefused(pairingNotFound)), code: 1 },
    { what: "of wrong usage", exit: Exit.fail(usage), code: 2 },
    { what: "of a failure that is no refusal", exit: Exit.fail("no"), code: 1 },
    { what: "of a defect", exit: Exit.die(new Error("defect")), code: 1 },
    {
      what: "of a refusal while stopping",
      exit: Exit.failCause(Cause.parallel(Cause.fail(pairingNotFound), interrupted)),
      code: 1
    },
    {
      what: "of a defect while stopping",
      exit: Exit.failCause(Cause.sequential(interrupted, Cause.die("defect"))),
      code: 1
    }
  ]
  for (const { code, exit, what } of rows) {
    it(`${what} is ${code}`, () => expect(exitCode(exit)).toBe(code))
  }
})

/** What is written to stderr. */
const reported = (cause: Cause.Cause<unknown>) =>
  Effect.gen(function* () {
    const lines = yield* Ref.make<ReadonlyArray<string>>([])
    yield* Effect.consoleWith((console) =>
      Effect.withConsole(report(cause), {
        ...console,
        error: (...args: ReadonlyArray<unknown>) =>
          Ref.update(lines, (all) => [...all, args.map(String).join(" ")])
      })
    )
    return (yield* Ref.get(lines)).join("\n")
  })

describe("the report", () => {
  it.effect("of a refusal is its message and its hint, without a stack", () =>
    Effect.gen(function* () {
      expect(yield* reported(Cause.fail(pairingNotFound))).toBe(
        `${pairingNotFound.message}\n${pairingNotFound.hint}`
      )
    })
  )

  it.effect("of a config that is wrong names the key", () =>
    Effect.gen(function* () {
      expect(yield* reported(Cause.fail(configInvalid))).toContain("imessage.dmPolicy: expected a policy")
    })
  )

  it.effect("of a refusal beside an interruption is the refusal", () =>
    Effect.gen(function* () {
      expect(yield* reported(Cause.parallel(interrupted, Cause.fail(pairingNotFound)))).toContain("ABCD2345")
    })
  )

  const silent = [
    { what: "of a stop", cause: interrupted },
    { what: "of what nobody reads any more", cause: Cause.fail(stoppedBy("SIGPIPE")) }
  ]
  for (const { cause, what } of silent) {
    it.effect(`${what} is nothing`, () =>
      Effect.gen(function* () {
        expect(yield* reported(cause)).toBe("")
      })
    )
  }

  it.effect("of a defect has what is needed to find it", () =>
    Effect.gen(function* () {
      const said = yield* reported(Cause.die(new Error("the gateway is wrong")))
      expect(said).toContain("the gateway is wrong")
      expect(said).toContain("exit.test.ts")
    })
  )
})
