/** The command `imsg status --json`, as real processes. */
import { Command } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { askStatusCommand } from "../../../src/layers/imsg/statusCommand.ts"
import { ProcessesLive } from "../../support/processes.ts"

const STATUS = '{"advanced_features":true,"v2_ready":true,"rpc_methods":["typing","read"]}'

/** Whether a program that does so told of typing. */
const tells = (script: string) =>
  askStatusCommand(Command.make("sh", "-c", script)).pipe(
    Effect.map(Option.map(({ methods }) => [...methods])),
    Effect.provide(ProcessesLive)
  )

const SCRIPTS: ReadonlyArray<{
  readonly what: string
  readonly script: string
  readonly told: ReadonlyArray<string> | undefined
}> = [
  { what: "prints it", script: `echo '${STATUS}'`, told: ["typing", "read"] },
  {
    what: "prints it, and a warning elsewhere",
    script: `echo oh >&2; echo '${STATUS}'`,
    told: ["typing", "read"]
  },
  { what: "has no such command", script: "echo 'unknown command: status' >&2; exit 1", told: undefined },
  { what: "prints words", script: "echo 'imsg Status Report'", told: undefined },
  { what: "prints JSON of another kind", script: 'echo \'{"status":"ok"}\'', told: undefined },
  { what: "answers requests instead, until its input has ended", script: "cat; echo", told: undefined },
  {
    what: "prints without end",
    script: "head -c 10000000 /dev/zero | tr '\\0' 'x'",
    told: undefined
  },
  { what: "is not there", script: "exec /nowhere/imsg", told: undefined }
]

describe("a program that", () => {
  for (const { script, told, what } of SCRIPTS) {
    it.live(`${what} tells ${told === undefined ? "nothing" : "what it can do"}`, () =>
      Effect.gen(function* () {
        expect(Option.getOrUndefined(yield* tells(script))).toEqual(told)
      })
    )
  }
})
