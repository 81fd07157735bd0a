/** What a program that the gateway starts has of its environment, by real programs. */
import { Command } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { withChildEnvironment } from "../../../src/layers/config/environment.ts"
import { ProcessesLive, withVariables } from "../../support/processes.ts"

const ENV = Command.make("/usr/bin/env")

/** The variables of a command that prints them. */
const variablesOf = (command: Command.Command) =>
  Effect.map(Command.lines(command), (lines) => lines.filter((line) => line !== "").sort())

const namesOf = (variables: ReadonlyArray<string>) => variables.map((line) => line.split("=", 1)[0])

const OWN = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/me",
  USER: "me",
  LOGNAME: "me",
  SHELL: "/bin/sh",
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  LC_TIME: "C",
  TMPDIR: "/tmp",
  TZ: "UTC"
}
const SECRET = {
  PAGE_TOKEN: "hush",
  TESTS_SECRET: "hush",
  NODE_OPTIONS: "",
  LCX: "1",
  SSH_AUTH_SOCK: "/agent"
}

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a program", () => {
    it.scoped("gets a short list of the gateway's variables, and nothing else of them", () =>
      Effect.gen(function* () {
        yield* withVariables({ ...OWN, ...SECRET })
        expect(yield* variablesOf(ENV)).toEqual(
          Object.entries(OWN)
            .map((variable) => variable.join("="))
            .sort()
        )
      })
    )

    it.scoped("gets what its command sets, also in the place of the gateway's own", () =>
      Effect.gen(function* () {
        yield* withVariables({ ...OWN, ...SECRET })
        const variables = yield* variablesOf(Command.env(ENV, { HOME: "/elsewhere", TESTS_SECRET: "mine" }))
        expect(variables).toContain("HOME=/elsewhere")
        expect(variables).toContain("TESTS_SECRET=mine")
        expect(namesOf(variables)).toEqual([...Object.keys(OWN), "TESTS_SECRET"].sort())
      })
    )

    it.scoped("gets no more at either end of a pipe", () =>
      Effect.gen(function* () {
        yield* withVariables({ ...OWN, ...SECRET })
        const piped = Command.pipeTo(ENV, Command.make("/bin/sh", "-c", "cat; env"))
        expect(yield* Command.string(piped)).not.toMatch(/hush/u)
      })
    )
  })

  describe("what reaches Messages", () => {
    it.scoped("finds the agent of ssh, and what its account names and sets", () =>
      Effect.gen(function* () {
        yield* withVariables({ ...OWN, ...SECRET })
        const command = yield* withChildEnvironment(ENV, { env: { MINE: "1" }, passEnv: ["TESTS_*"] })
        expect(namesOf(yield* variablesOf(command))).toEqual(
          [...Object.keys(OWN), "SSH_AUTH_SOCK", "TESTS_SECRET", "MINE"].sort()
        )
      })
    )
  })
})
