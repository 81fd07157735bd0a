/** What `doctor` says of agents that are programs of the owner's, and of webhooks. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, it, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { commandChecks, interpreterIn } from "../../../src/programs/commands/doctor/commandAgents.ts"
import { webhookChecks } from "../../../src/programs/commands/doctor/webhookAgents.ts"
import { makeConfig } from "../../support/configs.ts"
import { ProcessesLive } from "../../support/processes.ts"
import { webhookServer } from "../../support/webhookServer.ts"

const agentsOf = (runtime: object) => makeConfig({ agents: { list: [{ id: "robin", runtime }] } }).agents.list

/** A folder with a script `agent`, which notes that it was started, and what is found of an agent. */
const checked = (
  given: (folder: string) => { readonly command: ReadonlyArray<string>; readonly cwd?: string },
  firstLine = "#!/bin/sh"
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const script = `${firstLine}\ntouch ${folder}/started\n`
    for (const name of ["agent", "bun", "deno"]) {
      yield* fs.writeFileString(path.join(folder, name), script, { mode: 0o755 })
    }
    yield* fs.writeFileString(path.join(folder, "plain"), script, { mode: 0o644 })
    const [check] = yield* commandChecks(agentsOf({ type: "command", ...given(folder) }), {
      PATH: `${folder}:/usr/bin:/bin`
    })
    return { check, folder, isStarted: yield* fs.exists(path.join(folder, "started")) }
  })

describe("the first line of a script", () => {
  it.each([
    ["#!/bin/sh\nexit", "/bin/sh"],
    ["#! /usr/bin/python3 -u\n", "/usr/bin/python3"],
    ["#!/usr/bin/env node\n", "node"],
    ["#!/usr/bin/env -S deno run\n", "deno"],
    ["\u007fELF", undefined],
    ["", undefined]
  ])("%j names what runs it", (text, interpreter) => {
    expect(Option.getOrUndefined(interpreterIn(text))).toBe(interpreter)
  })
})

describe("doctor on a webhook", () => {
  it.scopedLive("sees that somebody listens, and sends nothing", () =>
    Effect.gen(function* () {
      const server = yield* webhookServer((response) => response.end())
      const [check] = yield* webhookChecks(agentsOf({ type: "webhook", url: `${server.url}/secret` }))
      expect(check).toMatchObject({
        status: "ok",
        detail: expect.stringMatching(/^127\.0\.0\.1:\d+ takes connections/u)
      })
      expect(check?.detail).not.toContain("secret")
      expect(server.received).toEqual([])
    })
  )

  it.scopedLive("fails where nobody does", () =>
    Effect.gen(function* () {
      const [check] = yield* webhookChecks(agentsOf({ type: "webhook", url: "http://127.0.0.1:1/secret" }))
      expect(check).toMatchObject({
        status: "failed",
        detail: "nobody can be reached there: ECONNREFUSED"
      })
    })
  )
})

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("doctor on a program", () => {
    it.scoped.each([
      { where: "in a folder of PATH", given: () => ({ command: ["agent"] }) },
      { where: "by its path", given: (folder: string) => ({ command: [`${folder}/agent`, "--quick"] }) },
      { where: "in its own folder", given: (folder: string) => ({ command: ["./agent"], cwd: folder }) },
      {
        where: "as a script of another",
        given: (folder: string) => ({ command: ["sh", `${folder}/plain`] })
      },
      { where: "in its arguments", given: () => ({ command: ["sh", "-c", "true"] }) },
      ...["bun", "deno"].map((runtime) => ({
        where: `behind a command of ${runtime}`,
        given: (folder: string) => ({ command: [`${folder}/${runtime}`, "run", "agent.ts"], cwd: folder })
      }))
    ])("finds it $where, and does not start it", ({ given }) =>
      Effect.gen(function* () {
        const { check, isStarted } = yield* checked(given)
        expect(check).toMatchObject({ id: "agent:robin", status: "ok" })
        expect(isStarted).toBe(false)
      })
    )

    it.scoped.each([
      { what: "is nowhere", given: () => ({ command: ["no-such-agent"] }), detail: /no folder of PATH/u },
      {
        what: "is not executable",
        given: (folder: string) => ({ command: [`${folder}/plain`] }),
        detail: /not executable/u
      },
      {
        what: "has no folder to run in",
        given: (folder: string) => ({ command: ["sh"], cwd: `${folder}/gone` }),
        detail: /folder .*gone is not there/u
      },
      {
        what: "is to run a script that is gone",
        given: (folder: string) => ({ command: ["sh", "gone.sh"], cwd: folder }),
        detail: /gone\.sh, which it is to run, is not there/u
      }
    ])("fails where it $what", ({ detail, given }) =>
      Effect.gen(function* () {
        const { check } = yield* checked(given)
        expect(check).toMatchObject({ status: "failed", detail: expect.stringMatching(detail) })
        expect(check?.remedy).toBeDefined()
      })
    )

    it.scoped("fails where what runs a script is gone", () =>
      Effect.gen(function* () {
        const { check } = yield* checked(() => ({ command: ["agent"] }), "#!/usr/bin/env no-such-node")
        expect(check).toMatchObject({
          status: "failed",
          detail: expect.stringContaining(
            "its first line has it run by no-such-node: it is in no folder of PATH"
          )
        })
      })
    )
  })
})
