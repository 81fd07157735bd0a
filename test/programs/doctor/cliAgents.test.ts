/** What `doctor` says of agents of the command line. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { cliChecks } from "../../../src/programs/commands/doctor/cliAgents.ts"
import { makeConfig } from "../../support/configs.ts"
import { ProcessesLive } from "../../support/processes.ts"

/** A folder with a program `claude`, and what is found of an agent that looks for it there. */
const checked = (script: string, given: object = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(path.join(folder, "claude"), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const { agents } = makeConfig({
      agents: {
        list: [
          { id: "robin", runtime: { type: "cli", preset: "claude", ...given } },
          { id: "parrot", runtime: { type: "echo" } }
        ]
      }
    })
    const checks = yield* cliChecks(agents.list, { PATH: `/nowhere:${folder}` })
    return { checks, folder }
  })

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("doctor", () => {
    it.scoped("names where an agent's program lies, and its version", () =>
      Effect.gen(function* () {
        const { checks, folder } = yield* checked('[ "$1" = --version ] && echo "2.1.4 (Claude Code)"')
        expect(checks).toEqual([
          {
            id: "agent:robin",
            title: "Agent robin",
            status: "ok",
            detail: `${folder}/claude, 2.1.4 (Claude Code)`
          }
        ])
      })
    )

    it.scoped.each([
      { what: "is in no folder", given: { command: ["no-such-agent"] }, detail: /no folder of PATH/u },
      {
        what: "is not where it should be",
        given: { command: ["/nowhere/claude"] },
        detail: /no such program/u
      }
    ])("fails where the program $what", ({ detail, given }) =>
      Effect.gen(function* () {
        const { checks } = yield* checked("", given)
        expect(checks).toMatchObject([
          {
            status: "failed",
            detail: expect.stringMatching(detail),
            remedy: expect.stringMatching(/^Install it/u)
          }
        ])
      })
    )

    it.scoped("warns of one that says nothing, and waits no longer than it must", () =>
      Effect.gen(function* () {
        const { checks, folder } = yield* checked("sleep 600")
        expect(checks).toMatchObject([
          { status: "warning", detail: `${folder}/claude says no version within 5000 ms` }
        ])
      })
    )
  })
})
