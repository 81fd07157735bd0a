/** Words of people on the terminal of the owner, whichever command shows them. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as PairingStoreSql from "../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { STORE_FILE } from "../../src/schemas/storeFile.ts"
import { DeadLetters } from "../../src/services/DeadLetters.ts"
import { PairingStore } from "../../src/services/PairingStore.ts"
import { run } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { deadTurn, onStoreOf, REASON } from "../support/deadLetters.ts"
import { type Home, makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

/** Clears the screen, turns the direction, hides, and begins a row with a code of its own. */
const BAD = "\u001b[2J\u202e\u200b\u009b1m\nFORGED99  +15555550999  default"
const SHOWN = "\\u001b[2J\\u202e\\u200b\\u009b1m"

/** Nothing but text and line ends, and no line that somebody else began. */
const expectHarmless = (output: string) => {
  expect(output).toMatch(/^[\n\P{C}]*$/u)
  expect(output).not.toMatch(/^FORGED99/mu)
}

/** Strangers whose handles forge rows, one of whom was let in, and a dead letter of theirs. */
const fill = (home: Home) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(home.stateDir, { recursive: true })
    const store = Layer.provide(PairingStoreSql.layer, DatabaseSqlite.layer(`${home.stateDir}/${STORE_FILE}`))
    const codes = yield* Effect.gen(function* () {
      const { approve, request } = yield* PairingStore
      const codes = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
        request({
          accountId: "default",
          sender: `${name}${BAD}`,
          target: { _tag: "Handle", handle: "x@example.com", service: "auto" },
          ttlMs: 3_600_000,
          maxPending: 10
        })
      )
      const made = codes.flatMap((outcome) => (outcome._tag === "Created" ? [outcome.request.code] : []))
      yield* approve(made[0] ?? "")
      return made
    }).pipe(Effect.provide(store))
    const letter = deadTurn("default:guid-1", `said ${BAD}`)
    yield* onStoreOf(
      home,
      Effect.flatMap(DeadLetters, ({ bury }) =>
        bury({ ...REASON, message: `exit code 3: ${BAD}`, content: letter })
      )
    )
    yield* fs.makeDirectory(`${home.stateDir}/logs`)
    const entry = {
      message: `agent: ${BAD}`,
      logLevel: "WARN",
      timestamp: "2026-01-02T03:04:05.678Z",
      annotations: { name: BAD },
      cause: `Error: ${BAD}`,
      spans: {},
      fiberId: "#7"
    }
    yield* fs.writeFileString(
      `${home.stateDir}/logs/gateway.log`,
      `${JSON.stringify(entry)}\n{"half": "${BAD.slice(0, 6)}\n`
    )
    return codes
  })

const prepared = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  const direct = yield* imsg.chats.addDirectChat({ handle: "+15555550111" })
  const group = yield* imsg.chats.addGroupChat({ handles: ["+15555550111", "+15555550112"], name: BAD })
  yield* imsg.chats.receive({ chatId: group.id, sender: "+15555550112", text: "who comes?" })
  yield* imsg.chats.receive({ chatId: direct.id, sender: "+15555550111", text: BAD })
  const home = yield* makeHome({ imessage: { ...openAccount(imsg), name: BAD } })
  const codes = yield* fill(home)
  return { codes, direct, home }
}).pipe(Effect.provide(NodeContext.layer))

describe("what people wrote", () => {
  it.scopedLive("is shown by every command, and steers no terminal and forges no row", () =>
    Effect.gen(function* () {
      const { codes, direct, home } = yield* prepared
      const gateway = yield* startGateway(home)
      yield* awaitControl(home)
      const commands: ReadonlyArray<ReadonlyArray<string>> = [
        ["pairing", "list", "imessage"],
        ["pairing", "list", "imessage", "--approved"],
        ["pairing", "approve", "imessage", codes[1] ?? ""],
        ["pairing", "reject", "imessage", codes[2] ?? ""],
        ["deadletters", "list"],
        ["deadletters", "show", "1"],
        ["chats"],
        ["history", "--chat", String(direct.id)],
        ["status"],
        ["logs"]
      ]
      for (const command of commands) {
        const { code, stderr, stdout } = yield* run(...command, "--config", home.configFile)
        expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" })
        expectHarmless(stdout)
        expect(stdout).toContain(SHOWN)
      }
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
    })
  )

  it.scopedLive("is the same JSON with --json, and harmless there too", () =>
    Effect.gen(function* () {
      const { direct, home } = yield* prepared
      const commands: ReadonlyArray<ReadonlyArray<string>> = [
        ["pairing", "list", "imessage"],
        ["deadletters", "show", "1"],
        ["chats"],
        ["history", "--chat", String(direct.id)]
      ]
      for (const command of commands) {
        const { stdout } = yield* run(...command, "--json", "--config", home.configFile)
        expectHarmless(stdout)
        expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(BAD).slice(1, -1))
      }
      expectHarmless((yield* run("logs", "--json", "--config", home.configFile)).stdout)
    })
  )

  it.scopedLive("is harmless in errors, and in what the command line itself repeats", () =>
    Effect.gen(function* () {
      const { home } = yield* prepared
      for (const command of [
        ["pairing", "approve", "imessage", "\u001b[2J\u202e"],
        ["pairing", "list", "\u001b[2J\u202e"],
        ["chats", "--account", "\u001b[2J\u202e"]
      ]) {
        const { code, stderr, stdout } = yield* run(...command, "--config", home.configFile)
        expect(code).not.toBe(0)
        expect(stderr + stdout).toContain("\\u001b[2J\\u202e")
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the styles of the help
        expectHarmless((stderr + stdout).replace(/\u001b\[\d+m/gu, ""))
      }
    })
  )
})
