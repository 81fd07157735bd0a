/** The audit log, and what a signal for debuggers does, through the built program. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { AuditEntry } from "../../src/schemas/Audit.ts"
import { run } from "../support/command.ts"
import { ask } from "../support/control.ts"
import type { Home } from "../support/gateway.ts"
import { PERSON } from "../support/gateway.ts"
import { eventually, isAlive } from "../support/simulator.ts"
import { askPort, cookieOf, signIn, TOKEN, webGateway } from "../support/webPage.ts"

const decodeEntries = Schema.decode(Schema.parseJson(Schema.Array(AuditEntry)))

const command = (home: Home, ...args: ReadonlyArray<string>) => run(...args, "--config", home.configFile)

const audit = (home: Home, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(command(home, "audit", "--json", ...args), ({ stdout }) => decodeEntries(stdout))

const inShort = ({ by, event }: AuditEntry): string => `${by._tag} ${event._tag}`

const STRANGERS = ["+15555550121", "+15555550122", "+15555550123"] as const

const Waiting = Schema.parseJson(Schema.Array(Schema.Struct({ sender: Schema.String, code: Schema.String })))

describe("the audit log", () => {
  it.scopedLive("has what people do to a gateway that runs, and to one that does not, and by whom", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { awaitPage, gateway, home, imsg, port } = yield* webGateway()
      yield* awaitPage()
      for (const sender of STRANGERS) {
        const chat = yield* imsg.chats.addDirectChat({ handle: sender })
        yield* imsg.chats.receive({ chatId: chat.id, sender, text: "a secret of mine" })
      }
      yield* imsg.awaitSent(3)
      const requests = yield* Schema.decode(Waiting)(
        (yield* command(home, "pairing", "list", "--json")).stdout
      )
      const codeOf = (sender: string) => requests.find((request) => request.sender === sender)?.code ?? ""

      yield* command(home, "pairing", "approve", codeOf(STRANGERS[0]))
      yield* ask(home, `/pairing/${codeOf(STRANGERS[1])}/reject`, "POST")
      expect((yield* signIn(port, "not the token at all")).status).toBe(401)
      const headers = {
        cookie: cookieOf(yield* signIn(port)),
        origin: `http://127.0.0.1:${port}`,
        "content-type": "application/json"
      }
      const body = JSON.stringify({ to: PERSON, text: "words to somebody" })
      expect((yield* askPort(port, { method: "POST", path: "/send", headers, body })).status).toBe(200)
      const bearer = { authorization: `Bearer ${TOKEN}` }
      yield* askPort(port, { path: "/status", headers: { authorization: "Bearer wrong" } })
      yield* askPort(port, { method: "POST", path: "/config/reload", headers: bearer })
      yield* fs.writeFileString(home.configFile, "{ imessage: ")
      yield* gateway.signal("SIGHUP")
      const seen = yield* eventually(
        "the refused config",
        ask(home, "/status").pipe(Effect.zipRight(gateway.lines)),
        (lines) => lines.some(({ message }) => String(message).startsWith("the config is not reloaded"))
      )
      expect(seen.length).toBeGreaterThan(0)
      yield* fs.writeFileString(
        home.configFile,
        JSON.stringify({ stateDir: home.stateDir, imessage: { enabled: false } })
      )
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      yield* command(home, "pairing", "approve", codeOf(STRANGERS[2]))

      const entries = yield* audit(home)
      expect(entries.map(inShort)).toEqual([
        "CommandLine PairingApproved",
        "Socket PairingRejected",
        "Web TokenRefused",
        "Web SignedIn",
        "Web MessageSent",
        "Web TokenRefused",
        "Web ConfigReloaded",
        "Signal ConfigRefused",
        "CommandLine PairingApproved"
      ])
      const signedIn = entries[3]?.by
      expect(signedIn).toMatchObject({
        address: "127.0.0.1",
        session: expect.stringMatching(/^[0-9a-f]{8}$/u)
      })
      expect(entries[4]).toMatchObject({
        by: signedIn,
        event: { accountId: "default", target: `auto:${PERSON}` }
      })
      expect(headers.cookie).not.toContain(signedIn?._tag === "Web" ? signedIn.session : "")
      expect(JSON.stringify(entries)).not.toMatch(/secret|words/u)

      const { code, stdout } = yield* command(home, "audit", "--limit", "2", "--since", "1h")
      expect(code).toBe(0)
      expect(stdout.split("\n").slice(1)).toEqual([
        expect.stringMatching(
          /signal SIGHUP +had the config read again, which was refused: config_invalid$/u
        ),
        expect.stringMatching(/, by command +let \+15555550123 in to default$/u),
        ""
      ])
      expect((yield* command(home, "audit", "--since", "yesterday")).code).toBe(2)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("has what was sent by a command alone; and SIGUSR1 opens no port for a debugger", () =>
    Effect.gen(function* () {
      const { chat, gateway, home } = yield* webGateway()
      yield* gateway.signal("SIGUSR1")
      yield* gateway.signal("SIGUSR1")
      expect((yield* ask(home, "/health").pipe(Effect.eventually)).status).toBe(200)
      expect(isAlive(gateway.pid)).toBe(true)
      expect(yield* gateway.output).not.toMatch(/debugger/iu)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)

      const sent = yield* command(home, "send", "--to", `chat_id:${chat.id}`, "--text", "words to somebody")
      expect(sent.code).toBe(0)
      expect(yield* audit(home)).toMatchObject([
        { by: { _tag: "CommandLine" }, event: { _tag: "MessageSent", target: `chat_id:${chat.id}` } }
      ])
    })
  )
})
