/** What `doctor` says of agents of the Agent Client Protocol. */
import { FileSystem } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { acpChecks } from "../../../src/programs/commands/doctor/acpAgents.ts"
import { acpRuntime, type Can, heardIn } from "../../support/acp.ts"
import { makeConfig } from "../../support/configs.ts"
import { ProcessesLive, running } from "../../support/processes.ts"

const checked = (can: Can, more: object = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const record = `${folder}/heard`
    const { agents } = makeConfig({
      agents: {
        list: [
          { id: "robin", runtime: acpRuntime(record, can, more) },
          { id: "parrot", runtime: { type: "echo" } }
        ]
      }
    })
    const checks = yield* acpChecks(agents.list, { PATH: "/nowhere" })
    return { check: checks[0], count: checks.length, heard: yield* heardIn(record) }
  })

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("doctor", () => {
    it.scoped("starts an agent, says what it is, asks it nothing and leaves nothing of it", () =>
      Effect.gen(function* () {
        const { check, count, heard } = yield* checked({})
        expect(count).toBe(1)
        expect(check).toMatchObject({ id: "agent:robin", status: "ok" })
        expect(check?.detail).toContain(
          `${process.execPath}, stand-in 1.2.3; it can take a conversation up again`
        )
        expect(heard.map(({ method }) => method)).toEqual([
          "(start)",
          "initialize",
          "session/new",
          "session/close"
        ])
        expect(yield* running(heard.map(({ pid }) => pid))).toEqual([])
      })
    )

    it.scoped("says of one that cannot take a conversation up again what that means", () =>
      Effect.gen(function* () {
        const { check } = yield* checked({ resume: "no", load: "no" })
        expect(check?.detail).toContain("it is lost whenever the agent ends")
      })
    )

    it.scoped.each([
      {
        can: { dies: true },
        more: {},
        says: "it exited with code 3, before it was asked anything: no configuration found"
      },
      { can: { version: 7 }, more: {}, says: "it speaks version 7" },
      { can: { startMs: 60_000 }, more: { startTimeoutMs: 300 }, says: "within 300 ms" },
      { can: { login: true }, more: {}, says: "nobody has logged in to it: Authentication required" },
      { can: {}, more: { model: "huge" }, says: "it has no model huge" },
      { can: {}, more: { command: ["robin-acp"] }, says: "robin-acp: it is in no folder of PATH" },
      {
        can: {},
        more: { command: ["/nowhere/robin-acp"] },
        says: "/nowhere/robin-acp: there is no such program"
      }
    ])("says what is wrong: $says", ({ can, more, says }) =>
      Effect.gen(function* () {
        const { check } = yield* checked(can, more)
        expect(check).toMatchObject({ status: "failed", remedy: expect.any(String) })
        expect(check?.detail).toContain(says)
        // The title names the agent.
        expect(check?.detail).not.toContain("agent robin")
      })
    )
  })
})
