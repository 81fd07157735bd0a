/** What a host of a cluster says of itself, of the others, and of a database that is lost. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { askStatus } from "../../src/programs/control/askStatus.ts"
import { run } from "../support/command.ts"
import { freePort } from "../support/freePort.ts"
import { makeHome, openAccount, PERSON, QUICK, startGatewayWith } from "../support/gateway.ts"
import { ownServer } from "../support/postgres.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"

/** A server of its own with a database, and hosts of which `studio` may run the account `here`; nobody runs `away`. */
const makeHosts = Effect.gen(function* () {
  const server = yield* ownServer
  yield* server.query("postgres", "CREATE DATABASE messages")
  const imsg = yield* makeSimulator({ holdMs: 0 })
  yield* imsg.chats.addDirectChat({ handle: PERSON })
  const account = openAccount(imsg)
  const hostOf = (name: string, secret: string) =>
    Effect.gen(function* () {
      const port = yield* freePort
      const home = yield* makeHome({
        imessage: {
          ...QUICK,
          accounts: {
            here: { ...account, runsOn: ["studio"] },
            away: { ...account, runsOn: ["spare"], dbPath: "/away", cliPath: "/away/imsg" }
          }
        },
        cluster: {
          postgres: { url: Redacted.value(server.url("messages")) },
          ...{ name, address: `127.0.0.1:${port}`, secret }
        }
      })
      return { home, port, start: startGatewayWith({}, home) }
    })
  return { server, hostOf }
})

describe("a host of a cluster", () => {
  it.live("says which it is, who does not take its secret, and what a lost database means", () =>
    Effect.gen(function* () {
      const { hostOf, server } = yield* makeHosts
      const host = yield* hostOf("studio", SECRET)
      const studio = yield* host.start
      yield* studio.awaitRunning("here")
      const [up] = yield* studio.awaitLog("it is up", ({ message }) => message === "the gateway is up")
      expect(up?.annotations).toMatchObject({
        host: "studio",
        address: `127.0.0.1:${host.port}`,
        database: `127.0.0.1:${server.port}/messages`,
        accounts: "here"
      })

      yield* eventually(
        "the gateway can be asked",
        Effect.isSuccess(Effect.provide(askStatus(host.home.stateDir), NodeContext.layer)),
        (isAnswered) => isAnswered
      )
      const begun = performance.now()
      const sent = yield* run(
        ...["send", "--config", host.home.configFile, "--to", PERSON],
        ...["--account", "away", "--text", "hello"]
      )
      expect(sent).toMatchObject({ code: 0, stderr: "" })
      expect(sent.stdout).toContain("it is not sent yet: no host that may run it is up; it waits for spare")
      expect(performance.now() - begun).toBeLessThan(15_000)

      const other = yield* hostOf("office", SECRET.replaceAll("0", "f"))
      const office = yield* other.start
      const refusal = ({ message }: { readonly message: unknown }) =>
        String(message).includes("does not take the secret")
      yield* studio.awaitLog("that it is refused", refusal, { deadline: "40 seconds" })
      yield* office.awaitLog("that it is refused", refusal, { deadline: "40 seconds" })

      yield* server.stop("fast")
      yield* studio.awaitLog(
        "that it stops",
        ({ message }) => String(message).startsWith("this host cannot renew"),
        { deadline: "40 seconds" }
      )
      yield* server.start
      yield* studio.awaitRunning("here", 2)
      yield* studio.awaitLog("that it goes on", ({ message }) =>
        String(message).startsWith("the database lets this host")
      )
      const lines = yield* studio.lines
      expect(lines.filter(({ annotations }) => annotations.host !== "studio")).toEqual([])
      const said = (yield* studio.output).split("\n").filter((line) => /WARN|ERROR|FATAL/u.test(line))
      expect(said.filter((line) => /Shard lock|from storage| at .*\.[jt]s:\d/u.test(line))).toEqual([])
      expect(lines.filter(refusal)).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})
