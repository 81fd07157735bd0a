/** `support` through the built program: what is in its file, and what is not, whatever state the gateway is in. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { MAIN, run, runWith } from "../support/command.ts"
import { conversation, type Home, makeHome, PERSON } from "../support/gateway.ts"
import { modeOf } from "../support/service.ts"
import { eventually } from "../support/simulator.ts"

const WORDS = "the treasure lies below the old oak"
const SECRET = "a-token-of-many-letters-and-some-more"

const Missing = Schema.Struct({ missing: Schema.String })
const Report = Schema.parseJson(
  Schema.Struct({
    versions: Schema.Struct({ gateway: Schema.String, imsg: Schema.Array(Schema.String) }),
    config: Schema.Struct({ problems: Schema.Array(Schema.String), keys: Schema.Unknown }),
    doctor: Schema.Array(Schema.Struct({ id: Schema.String, status: Schema.String })),
    status: Schema.Union(
      Schema.Struct({ accounts: Schema.Array(Schema.Struct({ state: Schema.String })) }),
      Missing
    ),
    decisions: Schema.Array(
      Schema.Struct({ account: Schema.String, what: Schema.String, count: Schema.Int })
    ),
    log: Schema.Union(
      Schema.Struct({
        lines: Schema.Array(Schema.Struct({ message: Schema.String, level: Schema.String })),
        others: Schema.Int
      }),
      Missing
    )
  })
)

const support = (home: Home) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(yield* fs.makeTempDirectoryScoped(), "report.json")
    const { code, stderr, stdout } = yield* run("support", "--config", home.configFile, "--output", file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout.split("\n")[0]).toBe(file)
    expect(yield* modeOf(file)).toBe(0o600)
    const text = yield* fs.readFileString(file)
    return { text, report: yield* Schema.decode(Report)(text), stdout, file }
  }).pipe(Effect.provide(NodeContext.layer))

/** What the gateway logs, and what a program under it may print there: both with people's words. */
const hostileLog = [
  { message: "running", logLevel: "INFO" },
  { message: `a send failed: ${PERSON} said ${WORDS}`, logLevel: "WARN" },
  { message: "text", logLevel: "TRACE", annotations: { rowId: 3, text: WORDS } }
].map((line) => JSON.stringify({ timestamp: "2026-11-27T23:41:20.884Z", annotations: {}, ...line }))

describe("support", () => {
  it.scopedLive("writes what happened in a gateway that runs, without words, handles, names or secrets", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { home, imsg, say } = yield* conversation(
        {},
        {
          people: { treasure: [PERSON] },
          agents: { list: [{ id: "main", runtime: { type: "echo" } }] },
          control: { http: { port: 1, token: SECRET } }
        }
      )
      yield* say(WORDS)
      yield* imsg.awaitSent(1)
      yield* fs.makeDirectory(`${home.stateDir}/logs`)
      yield* fs.writeFileString(`${home.stateDir}/logs/gateway.log`, `${[...hostileLog, WORDS].join("\n")}\n`)

      const { report, text } = yield* eventually("what was decided of the row", support(home), ({ report }) =>
        report.decisions.some(({ what }) => what === "dm-open")
      )
      expect(report.decisions).toContainEqual({ account: "default", what: "dm-open", count: 1 })
      expect(report.status).toMatchObject({ accounts: [{ state: "running" }] })
      expect(report.versions.imsg).toEqual([expect.stringContaining("version 0.15.0")])
      expect(report.doctor.map(({ id }) => id)).toContain("handshake")
      expect(report.log).toMatchObject({
        lines: [{ message: "running" }, { message: "a send failed: ..." }, { message: "text" }],
        others: 1
      })
      for (const secret of ["treasure", "oak", PERSON.slice(2), SECRET]) {
        expect(text).not.toContain(secret)
      }
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("writes what there is where no gateway runs, and says what is missing", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ imessage: { cliPath: "/nowhere/imsg" } })
      const { report, stdout } = yield* support(home)
      expect(report.status).toEqual({ missing: expect.stringContaining("no gateway answers") })
      expect(report.log).toEqual({ missing: expect.stringContaining("there is no log") })
      expect(report.doctor).toContainEqual(expect.objectContaining({ id: "imsg", status: "failed" }))
      expect(stdout).toContain("Not to be had, which may be what is wrong: status, log.")
      expect(stdout).toContain("Attach it to a report")
    })
  )

  it.scopedLive(
    "works with a config that has mistakes, and shows none of what is written in their place",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const home = yield* makeHome({
          imessage: { dmPolicy: SECRET, allowFrom: [{ name: "Ada Treasure", number: 15555550111 }] }
        })
        const slipped = yield* support(home)
        expect(slipped.report.config.problems).toContainEqual(expect.stringContaining("imessage.dmPolicy"))
        expect(slipped.text).not.toMatch(/Ada|Treasure|5550111/u)
        expect(slipped.text).not.toContain(SECRET)

        yield* fs.writeFileString(home.configFile, `{ imessage: { name: "Ada Treasure", `)
        const cut = yield* support(home)
        expect(cut.report.config.problems).toEqual([expect.stringContaining("is not valid JSON5")])
        expect(cut.text).not.toContain("Treasure")
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("writes over nothing", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ imessage: { cliPath: "/nowhere/imsg" } })
      const { file } = yield* support(home)
      const again = yield* run("support", "--config", home.configFile, "--output", file)
      expect(again.code).toBe(1)
      expect(again.stderr).toBe(
        `${file} cannot be written: there is something of that name already\nName another file with --output, in a folder that this user may write to.\n`
      )
    })
  )

  it.scopedLive("says that the file cannot be written before it looks at anything", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const home = yield* makeHome({})
      const imsg = `${home.dir}/imsg`
      yield* fs.writeFileString(imsg, `#!/bin/sh\ntouch ${home.dir}/started\n`, { mode: 0o755 })
      yield* fs.writeFileString(home.configFile, JSON.stringify({ imessage: { cliPath: imsg } }))
      const nowhere = yield* run("support", "--config", home.configFile, "--output", "/nope/x.json")
      expect(nowhere).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "/nope/x.json cannot be written: there is no such file or folder\nName another file with --output, in a folder that this user may write to.\n"
      })
      expect(yield* fs.exists(`${home.dir}/started`)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("finds the gateway that runs while its config is being edited, and names nobody", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { home, imsg, say } = yield* conversation({}, { people: { Samantha: [PERSON] } })
      yield* say(WORDS)
      yield* imsg.awaitSent(1)
      yield* fs.makeDirectory(`${home.stateDir}/logs`)
      const line = {
        message: "running",
        logLevel: "INFO",
        timestamp: "2026-11-27T23:41:20.884Z",
        annotations: { session: "agent:main:imessage:direct:Samantha" }
      }
      yield* fs.writeFileString(`${home.stateDir}/logs/gateway.log`, `${JSON.stringify(line)}\n`)
      yield* fs.writeFileString(home.configFile, "{ imessage: {")
      const file = `${home.dir}/report.json`
      const { code } = yield* runWith(
        { HOME: home.dir, NO_COLOR: "1" },
        "node",
        MAIN,
        "support",
        "--config",
        home.configFile,
        "--output",
        file
      )
      expect(code).toBe(0)
      const text = yield* fs.readFileString(file)
      const report = yield* Schema.decode(Report)(text)
      expect(report.status).toMatchObject({ accounts: [{ state: "running" }] })
      expect(report.log).toMatchObject({ lines: [{ message: "running" }] })
      expect(text).toContain("agent:main:imessage:direct:...")
      expect(text).not.toContain("Samantha")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
