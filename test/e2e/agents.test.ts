/** What an agent gets, and what people see of what it says, through real processes. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, run, runWith } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { makeHome, openAccount, PERSON, startGateway, startGatewayWith } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

/** Does what the message asks for. */
const AGENT = `text=$(cat)
case $text in
  variables) env | sort ;;
  colours) printf '\\033[31m[[reply_to_current]] red\\033[0m\\000 and **bold**' ;;
  nothing) printf ' no_reply\\n' ;;
  a\\ book) i=1; while [ $i -le 100 ]; do printf 'page %s\\n\\n' $i; i=$((i+1)); done ;;
  fail*) echo "$text" >&2; exit 1 ;;
  *) printf 'echo: %s' "$text" ;;
esac`

const agent = (more: object = {}) => ({
  list: [
    { id: "main", maxParts: 5, runtime: { type: "command", command: ["/bin/sh", "-c", AGENT], ...more } }
  ]
})

const VARIABLES = {
  PAGE_TOKEN: "hush",
  AGENT_KEY: "secret",
  CLOUD_ZONE: "eu",
  PROXY_HOST: "example.com",
  SSH_AUTH_SOCK: "/nowhere/agent"
}

describe("an agent", () => {
  it.scopedLive("has no variables but its own, says what is fit to be said, and complains in private", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const cliPath = path.join(imsg.dir, "wrapper")
      const ofChild = path.join(imsg.dir, "variables")
      yield* fs.writeFileString(cliPath, `#!/bin/sh\nenv > '${ofChild}'\nexec '${imsg.cliPath}' "$@"\n`, {
        mode: 0o755
      })
      const home = yield* makeHome({
        imessage: {
          ...openAccount(imsg),
          cliPath,
          chunkMode: "newline",
          env: { OF_CHILD: "1" },
          passEnv: ["PROXY_*"]
        },
        agents: agent({ env: { KEY: `\${AGENT_KEY}` }, passEnv: ["CLOUD_ZONE"] }),
        messages: { failureNotice: false }
      })
      const gateway = yield* startGatewayWith(VARIABLES, home)
      yield* gateway.awaitRunning()
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      const answers = (count: number) =>
        Effect.map(imsg.awaitSent(count), (sent) => sent.map(({ text }) => text))

      yield* say("variables")
      const [said = ""] = yield* answers(1)
      const names = said.split("\n").map((line) => line.split("=", 1)[0] ?? "")
      expect(said).toContain("KEY=secret\n")
      expect(names).toEqual(expect.arrayContaining(["CLOUD_ZONE", "GATEWAY_TURN_ID", "HOME", "PATH"]))
      // What a shell sets itself is nobody's secret.
      expect(names.filter((name) => !/^(GATEWAY_\w+|LC_\w+|PWD|OLDPWD|SHLVL|_)$/u.test(name)).sort()).toEqual(
        ["CLOUD_ZONE", "HOME", "KEY", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"].filter(
          (name) => names.includes(name)
        )
      )
      const child = yield* fs.readFileString(ofChild)
      expect(child).toMatch(/^OF_CHILD=1$/mu)
      expect(child).toMatch(/^PROXY_HOST=example\.com$/mu)
      expect(child).toMatch(/^SSH_AUTH_SOCK=\/nowhere\/agent$/mu)
      expect(child).not.toMatch(/hush|secret|CLOUD_ZONE/u)

      yield* say("nothing")
      yield* say("colours")
      expect((yield* answers(2)).at(-1)).toBe("red and **bold**")

      yield* say("a book")
      expect((yield* answers(8)).slice(2)).toEqual([
        "page 1",
        "page 2",
        "page 3",
        "page 4",
        "page 5",
        "… (cut)"
      ])
      const [warning] = yield* gateway.awaitLog("the warning", ({ message }) =>
        String(message).startsWith("the agent's answer is cut")
      )
      expect(warning).toMatchObject({ logLevel: "WARN", annotations: { maxParts: 5 } })

      yield* say("fail, my dear")
      const [failed] = yield* gateway.awaitLog(
        "a dead letter",
        ({ message }) => message === "the turn failed and is kept as a dead letter"
      )
      expect(failed?.annotations.reason).toMatch(
        /^agent \w+ failed: it exited with code 1 \(asked 3 times\)$/u
      )
      yield* eventually(
        "the complaint in the dead letter",
        runWith(VARIABLES, "node", MAIN, "deadletters", "show", "1", "--config", home.configFile),
        ({ stdout }) => stdout.includes("it exited with code 1: fail, my dear")
      )
      const spoken = (yield* gateway.lines).filter((line) => JSON.stringify(line).includes("my dear"))
      expect(new Set(spoken.map(({ logLevel }) => logLevel))).toEqual(new Set(["DEBUG"]))
      yield* say("bye")
      expect((yield* answers(9)).at(-1)).toBe("echo: bye")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("messages.budget", () => {
  it.scopedLive("ends a person's turns for the day, which is said once, and holds over a restart", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const friend = "+15555550112"
      const other = yield* imsg.chats.addDirectChat({ handle: friend })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), chunkMode: "newline" },
        agents: agent(),
        messages: { loopGuard: { maxPerMinute: 0 }, budget: { turns: 3, parts: 8 } }
      })
      const isWarning = ({ message }: { readonly message: unknown }) =>
        String(message).includes("messages.budget.turns")
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      const status = Effect.map(
        run("status", "--json", "--config", home.configFile),
        ({ stdout }) => JSON.parse(stdout).budgets
      )
      const exceeded = (dropped: number) =>
        eventually(`${dropped} turns that were not begun`, status, (budgets) =>
          budgets.some((budget: { dropped: number }) => budget.dropped === dropped)
        )

      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* awaitControl(home)
      for (const text of ["one", "two", "three", "four", "five"]) yield* say(text)
      expect(yield* exceeded(2)).toMatchObject([
        { accountId: "default", budget: "turns", subject: PERSON, dropped: 2 }
      ])
      expect((yield* first.lines).filter(isWarning)).toMatchObject([
        { logLevel: "WARN", annotations: { subject: PERSON } }
      ])
      expect((yield* run("status", "--config", home.configFile)).stdout).toContain(
        `${PERSON}, of default, has used up messages.budget.turns`
      )
      yield* imsg.chats.receive({ chatId: other.id, sender: friend, text: "a book" })
      yield* imsg.awaitSent(9)
      yield* first.signal("SIGKILL")

      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      yield* awaitControl(home)
      yield* say("six")
      yield* exceeded(3)
      expect((yield* second.lines).filter(isWarning)).toEqual([])
      // Their chat was sent six messages; with two more left one turn begins, and none after it.
      for (const text of ["a book", "seven"]) {
        yield* imsg.chats.receive({ chatId: other.id, sender: friend, text })
      }
      yield* imsg.awaitSent(15)
      const both = yield* eventually("two budgets", status, (budgets) => budgets.length === 2)
      expect(both).toMatchObject([
        { budget: "turns", subject: PERSON, dropped: 3 },
        { budget: "parts", subject: `chat_id:${other.id}`, dropped: 1 }
      ])
      expect((yield* imsg.chats.sent()).map(({ text }) => text).slice(0, 2)).toEqual([
        "echo: one",
        "echo: two"
      ])
      expect((yield* imsg.chats.sent()).length).toBe(15)
    })
  )
})
