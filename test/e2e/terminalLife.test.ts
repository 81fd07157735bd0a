/** What somebody sees who runs the gateway on a terminal, and what is kept of it in a log file. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, startWith } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { makeHome, openAccount, PERSON } from "../support/gateway.ts"
import { program } from "../support/programs.ts"
import { eventually, isAlive, makeSimulator, signal } from "../support/simulator.ts"

const STRANGER = "+15555550112"

/** Runs a program in a terminal of its own, as wide as a line can be, and prints what that shows. */
const TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"

/** Says nothing where it is asked to. */
const AGENT = 'case "$(cat)" in *be\\ quiet*) ;; *) echo hello;; esac'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of the logger
const COLOURS = /\u001b\[[\d;]*m/gu

describe("a gateway on a terminal", () => {
  it.scopedLive("shows who wrote and never what, what was decided, and what comes of it, a line each", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const imsg = yield* makeSimulator()
      const direct = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const strange = yield* imsg.chats.addDirectChat({ handle: STRANGER })
      const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, STRANGER], name: "Hiking" })
      const home = yield* makeHome({
        people: { sam: [PERSON] },
        imessage: { ...openAccount(imsg), dmPolicy: "pairing", allowFrom: [PERSON], groups: {} },
        agents: {
          list: [{ id: "main", runtime: { type: "command", command: ["sh", "-c", AGENT], format: "text" } }]
        }
      })
      const file = `${home.dir}/gateway.log`
      const gateway = ["node", MAIN, "--config", home.configFile, "--log-file", file]
      const terminal = yield* startWith(
        { HOME: home.dir, NO_COLOR: "1" },
        ...[yield* program("python3"), "-c", TERMINAL, ...gateway]
      )
      const { pid } = yield* asking(home, (client) => client.status())
      // Who ends the terminal does not wait for what ran in it.
      yield* Effect.addFinalizer(() =>
        signal(pid, "SIGTERM").pipe(
          Effect.zipRight(
            eventually(
              "the end of the gateway",
              Effect.sync(() => isAlive(pid)),
              (is) => !is
            )
          ),
          Effect.orDie
        )
      )
      const lines = Effect.map(terminal.stdout, (text) =>
        text
          .replace(COLOURS, "")
          .split(/\r?\n/u)
          .map((line) => line.replace(/^\[[\d:.]+\] INFO \(#\d+\): /u, ""))
      )
      const shows = (line: string | RegExp) =>
        eventually(String(line), lines, (all) =>
          all.some((one) => (typeof line === "string" ? one === line : line.test(one)))
        )
      yield* imsg.chats.receive({ chatId: direct.id, sender: PERSON, text: "a secret" })
      yield* shows(
        `sam (${PERSON}) wrote: given to the agent: imessage.allowFrom names the sender or the chat`
      )
      yield* shows("main is asked")
      yield* shows(/^main answered after .*: it is on its way$/u)
      yield* shows(`sent to sam (${PERSON})`)
      yield* imsg.chats.receive({ chatId: direct.id, sender: PERSON, text: "be quiet, secret" })
      yield* shows(/^main said nothing, after /u)
      yield* imsg.chats.receive({ chatId: strange.id, sender: STRANGER, text: "another secret" })
      yield* shows(
        new RegExp(`^\\${STRANGER} asks to be let in: imsg-gateway pairing approve imessage \\w{8}$`, "u")
      )
      yield* imsg.chats.receive({ chatId: group.id, sender: PERSON, text: "a third secret" })
      yield* shows(/^somebody wrote: kept for the next answer: nobody mentioned the agent in this group/u)
      yield* imsg.chats.receive({ chatId: group.id, sender: PERSON, text: "@main, be quiet, secret" })
      // The name of a group is found out beside its messages.
      yield* shows(/^sam \(\+\d+\) wrote in (?:Hiking|chat \d+): given to the agent: it mentions the agent/u)

      expect((yield* lines).filter((line) => line.includes("secret"))).toEqual([])
      const kept = yield* fs.readFileString(file)
      expect(kept).toContain("the gateway is up")
      expect(kept).not.toContain("secret")
      expect(kept).not.toContain(PERSON)
      expect(kept).not.toContain(STRANGER)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
