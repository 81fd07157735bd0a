/** That somebody writes, and that what was accepted was read, through the built gateway over the simulated bridge. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { run } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { conversation, type Home, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const STRANGER = "+15555550123"

/** Answers `echo: …`, after so many seconds, or never where the text says `slow`. */
const agent = (seconds: number) => agentBehind(`sleep ${seconds}`)

/** Answers `echo: …` once a file is there. */
const agentThatWaits = (file: string) => agentBehind(`until [ -e "${file}" ]; do sleep 0.1; done`)

const agentBehind = (wait: string) => ({
  agents: {
    list: [
      {
        id: "main",
        runtime: {
          type: "command",
          command: [
            "/bin/sh",
            "-c",
            `text=$(cat)
            case $text in *slow*) while true; do sleep 600; done;; esac
            ${wait}
            printf "echo: %s" "$text"`
          ]
        }
      }
    ]
  }
})

const decodeCall = Schema.decodeUnknownSync(
  Schema.Struct({ chat_id: Schema.Int, typing: Schema.optional(Schema.Boolean) })
)

/** What the child was asked of typing and reading, in order, by chat: `read 1`, `typing 1`, `quiet 1`. */
const shown = ({ chats }: Simulator) =>
  Effect.map(chats.recorded(), (events) =>
    events.flatMap(({ event }) => {
      if (event._tag !== "request" || (event.method !== "typing" && event.method !== "read")) return []
      const { chat_id: chatId, typing } = decodeCall(event.params)
      return [`${typing === false ? "quiet" : event.method} ${chatId}`]
    })
  )

const awaitShown = (imsg: Simulator, ...calls: ReadonlyArray<string>) =>
  eventually(calls.join(", "), shown(imsg), (all) => JSON.stringify(all) === JSON.stringify(calls))

/** Waits until the status says so of the only account's bridge. */
const awaitBridge = (home: Home, state: "ready" | "absent" | "broken") =>
  eventually(
    `a bridge that is ${state}`,
    asking(home, (client) => client.status()),
    ({ accounts: [account] }) => account?.bridge?.state === state
  )

describe("a person who writes where there is a bridge", () => {
  it.scopedLive("sees that it was read, that somebody writes, and nobody any more after the answer", () =>
    Effect.gen(function* () {
      const { chat, imsg, say } = yield* conversation({ bridge: true }, agent(3))
      yield* say("hello")
      yield* awaitShown(imsg, `read ${chat.id}`, `typing ${chat.id}`)
      expect(yield* imsg.chats.sent()).toEqual([])
      yield* imsg.awaitSent(1)
      yield* awaitShown(imsg, `read ${chat.id}`, `typing ${chat.id}`, `quiet ${chat.id}`)
    })
  )

  it.scopedLive("gets no sign of life in words beside it", () =>
    Effect.gen(function* () {
      const { imsg, say } = yield* conversation(
        { bridge: true },
        { ...agent(6), messages: { interim: { afterMs: 4000, text: "One moment." } } }
      )
      yield* say("hello")
      yield* imsg.awaitSent(1)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello"])
    })
  )

  it.scopedLive("sees nobody writing after /stop", () =>
    Effect.gen(function* () {
      const { chat, imsg, say } = yield* conversation({ bridge: true }, agent(0))
      yield* say("something slow")
      yield* awaitShown(imsg, `read ${chat.id}`, `typing ${chat.id}`)
      yield* say("/stop")
      yield* imsg.awaitSent(1)
      yield* eventually("nobody writing", shown(imsg), (all) => all.includes(`quiet ${chat.id}`))
      // The command was read as well.
      expect((yield* shown(imsg)).filter((call) => call.startsWith("read"))).toHaveLength(2)
    })
  )

  it.scopedLive("sees nobody writing once the gateway has ended", () =>
    Effect.gen(function* () {
      const { chat, gateway, imsg, say } = yield* conversation(
        { bridge: true },
        { ...agent(0), shutdownMs: 500 }
      )
      yield* say("something slow")
      yield* awaitShown(imsg, `read ${chat.id}`, `typing ${chat.id}`)
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      expect(yield* shown(imsg)).toEqual([`read ${chat.id}`, `typing ${chat.id}`, `quiet ${chat.id}`])
    })
  )

  it.scopedLive("and is not admitted sees nothing of it", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ bridge: true })
      const [known, stranger] = [
        yield* imsg.chats.addDirectChat({ handle: PERSON }),
        yield* imsg.chats.addDirectChat({ handle: STRANGER })
      ]
      const account = { ...openAccount(imsg), dmPolicy: "pairing", allowFrom: [PERSON] }
      const gateway = yield* startGateway(yield* makeHome({ imessage: account }))
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: stranger.id, sender: STRANGER, text: "let me in" })
      yield* imsg.awaitSent(1)
      yield* imsg.chats.receive({ chatId: known.id, sender: PERSON, text: "hello" })
      yield* imsg.awaitSent(2)
      yield* eventually("the receipt", shown(imsg), (all) => all.length > 0)
      expect(new Set(yield* shown(imsg))).not.toContain(`read ${stranger.id}`)
      expect((yield* shown(imsg))[0]).toBe(`read ${known.id}`)
    })
  )
})

describe("a reply", () => {
  it.scopedLive(
    "comes where typing hangs for good: the child is replaced once, and nothing is shown any more",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const go = `${yield* fs.makeTempDirectoryScoped()}/go`
        const { chat, gateway, imsg, say } = yield* conversation({ bridge: true }, agentThatWaits(go))
        yield* imsg.chats.fault({ _tag: "helperHangs", method: "typing", times: -1 })
        yield* say("hello")
        yield* eventually("typing", shown(imsg), (all) => all.includes(`typing ${chat.id}`))
        yield* fs.writeFileString(go, "")
        yield* imsg.awaitSent(1, "60 seconds")
        yield* gateway.awaitLog("the child was replaced", ({ message }) =>
          String(message).includes("could not get past")
        )
        yield* say("again")
        yield* imsg.awaitSent(2)
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello", "echo: again"])
        expect((yield* shown(imsg)).filter((call) => call.startsWith("typing"))).toHaveLength(1)
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("comes where there is no bridge, and the child is asked for nothing", () =>
    Effect.gen(function* () {
      const { home, imsg, say } = yield* conversation({}, agent(2))
      yield* say("hello")
      yield* imsg.awaitSent(1)
      yield* awaitBridge(home, "absent")
      expect(yield* shown(imsg)).toEqual([])
      expect((yield* run("status", "--config", home.configFile)).stdout).not.toContain("bridge")
    })
  )
})

describe("a bridge", () => {
  for (const build of ["0.9.0", "0.15.0"]) {
    it.scopedLive(`of ${build} is used, and shown by status and doctor`, () =>
      Effect.gen(function* () {
        const { chat, home, imsg, say } = yield* conversation({ build, bridge: true }, agent(3))
        yield* awaitBridge(home, "ready")
        yield* say("hello")
        yield* awaitShown(imsg, `read ${chat.id}`, `typing ${chat.id}`)
        yield* imsg.awaitSent(1)
        const status = yield* run("status", "--config", home.configFile)
        expect(status.stdout).toMatch(/^default: bridge: ready \(typing, read receipts, tapbacks/mu)
        const doctor = yield* run("doctor", "--config", home.configFile)
        expect(doctor.stdout).toMatch(/✓ default: Private bridge: ready \(typing/u)
      })
    )
  }

  it.scopedLive("that goes and comes is told, and what is wrong with it", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* conversation({ bridge: { state: "on" } })
      yield* awaitBridge(home, "ready")
      yield* imsg.chats.setBridge({ state: "stale" })
      yield* awaitBridge(home, "broken")
      const status = yield* run("status", "--config", home.configFile)
      expect(status.stdout).toContain("bridge: does not work: helper_version_mismatch")
      expect(status.stdout).toContain("imsg launch")
      const doctor = yield* run("doctor", "--config", home.configFile)
      expect(doctor.stdout).toMatch(/✓ default: Private bridge: does not work: helper_version_mismatch/u)
      yield* imsg.chats.setBridge({ state: "off" })
      yield* awaitBridge(home, "absent")
      expect((yield* run("doctor", "--config", home.configFile)).stdout).toMatch(
        /✓ default: Private bridge: none/u
      )
    })
  )
})
