/** `chats` and `history` of an account that other hosts run: this host's Mac has another account's messages. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { run } from "../support/command.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

/** Two hosts: `away` is the spare's, `both` is of both, and `off` is the studio's and switched off. */
const makeWorld = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
  yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
  /** Leads to the simulator, and keeps who called it: the other accounts move between the hosts meanwhile. */
  const wrapped = (name: string) =>
    Effect.gen(function* () {
      const cliPath = `${imsg.dir}/${name}`
      const log = `${cliPath}.callers`
      yield* fs.writeFileString(log, "")
      const lines = ["#!/bin/sh", `echo "$PPID" >> '${log}'`, `exec '${imsg.cliPath}' "$@"`]
      yield* fs.writeFileString(cliPath, lines.join("\n"), { mode: 0o755 })
      return { cliPath, callers: fs.readFileString(log) }
    })
  const { callers, cliPath } = yield* wrapped("imsg-away")
  const others = yield* wrapped("imsg-others")
  const account = openAccount({ cliPath, dbPath: imsg.dbPath })
  const idle = openAccount({ cliPath: others.cliPath, dbPath: `${imsg.dir}/other.db` })
  const cluster = yield* makeCluster(["studio", "spare"] as const, {
    imessage: {
      ...QUICK,
      defaultAccount: "away",
      accounts: {
        away: { ...account, runsOn: ["spare"] },
        both: { ...idle, runsOn: ["spare", "studio"] },
        off: { ...idle, runsOn: ["studio"], enabled: false }
      }
    }
  })
  const onStudio = (...args: ReadonlyArray<string>) =>
    run(...args, "--config", cluster.homeOf("studio").configFile)
  /** The commands fail with these words each, and none of them begins a child. */
  const expectRefused = (...words: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const before = yield* callers
      for (const args of [["chats"], ["history", "--chat", `${chat.id}`]]) {
        const { code, stderr, stdout } = yield* onStudio(...args)
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
        for (const said of words) expect(stderr).toContain(said)
      }
      expect(yield* callers).toBe(before)
    })
  const say = imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello again" })
  return { chat, cluster, expectRefused, onStudio, others: others.callers, say }
}).pipe(Effect.provide(NodeContext.layer))

const WHOSE = "the account away runs on spare, and is not read on this host (studio): "

describe("the chats of an account of a cluster", () => {
  it.scopedLive("are not read without a gateway where the account may not run", () =>
    Effect.gen(function* () {
      const { cluster, expectRefused, onStudio, others } = yield* makeWorld
      yield* expectRefused(
        `${WHOSE}no host that may run it is up; it waits for spare`,
        "Start the gateway on spare, or give this command there"
      )
      // Nothing but a gateway makes tables.
      expect(yield* cluster.database.query("SELECT to_regclass('hosts') AS hosts")).toEqual([{ hosts: null }])

      const off = yield* onStudio("chats", "--account", "off")
      expect(off).toMatchObject({ code: 1, stdout: "" })
      expect(off.stderr).toContain("the account off is disabled by the config")
      expect(yield* others).toBe("")

      const both = yield* onStudio("chats", "--account", "both")
      expect(both).toMatchObject({ code: 0, stderr: "" })
      expect((yield* others).trim().split("\n")).toHaveLength(1)
    })
  )

  it.scopedLive("are asked of its host by a gateway, and not read while that is away", () =>
    Effect.gen(function* () {
      const { cluster, expectRefused, onStudio } = yield* makeWorld
      const spare = yield* cluster.start("spare")
      yield* spare.awaitRunning("away")
      yield* expectRefused(
        `${WHOSE}its host spare is up, and only a gateway on this host could ask it`,
        "Start the gateway on this host"
      )

      const studio = yield* cluster.start("studio")
      yield* studio.awaitLog("it is up", ({ message }) => message === "the gateway is up")
      const read = yield* eventually(
        "an answer of the host",
        onStudio("chats"),
        ({ code }) => code === 0,
        "30 seconds"
      )
      expect(read.stdout).toContain(PERSON)

      yield* spare.signal("SIGKILL")
      yield* spare.exitCode
      yield* expectRefused(WHOSE)
      yield* eventually(
        "that the host is silent",
        cluster.status("studio"),
        ({ accounts }) => accounts.find(({ id }) => id === "away")?.reason.includes("silent") === true,
        "40 seconds"
      )
      yield* expectRefused(
        `${WHOSE}its host spare is silent since `,
        "it waits for spare",
        "Start the gateway on spare"
      )
    })
  )

  it.scopedLive("are not told by a host that does not take the secret, which is said", () =>
    Effect.gen(function* () {
      const { chat, cluster, expectRefused, onStudio, say } = yield* makeWorld
      yield* cluster.withSecret("studio", "fedcba9876543210fedcba9876543210")
      const spare = yield* cluster.start("spare")
      yield* spare.awaitRunning("away")
      const studio = yield* cluster.start("studio")
      yield* studio.awaitLog("it is up", ({ message }) => message === "the gateway is up")
      yield* say
      const why = yield* eventually(
        "what was decided",
        onStudio("why", "--account", "away", "--chat", `${chat.id}`),
        ({ stdout }) => stdout.includes(`somebody in chat ${chat.id}`),
        "30 seconds"
      )
      expect(why.stderr).toContain(
        "What was said is not shown: its host spare is up, and does not take the secret of this one"
      )
      expect(why.stderr).toContain("Give all hosts the same cluster.secret")
      expect(why.code).toBe(0)
      yield* expectRefused(`${WHOSE}its host spare is up, and does not take the secret of this one`)
    })
  )
})
