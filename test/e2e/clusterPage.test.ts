/** The web page of a host of a cluster: who may open it is asked of the database that the hosts share. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { freePort } from "../support/freePort.ts"
import { openAccount, QUICK } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"
import { askPort, cookieOf, signIn, TOKEN } from "../support/webPage.ts"

describe("the web page of a host of a cluster", () => {
  it.scopedLive("lets in who has the token, and nobody else", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ holdMs: 0 })
      const port = yield* freePort
      const cluster = yield* makeCluster(["studio"] as const, {
        imessage: { ...QUICK, accounts: { first: { ...openAccount(imsg), runsOn: ["studio"] } } },
        control: { http: { port, token: TOKEN } }
      })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitLog("the web page", ({ message }) => message === "the web page is up")
      const status = (headers: Readonly<Record<string, string>>) =>
        Effect.map(askPort(port, { path: "/status", headers }), (answer) => answer.status)

      expect(yield* status({})).toBe(401)
      expect(yield* status({ authorization: "Bearer nonsense" })).toBe(401)
      expect(yield* status({ cookie: `imsg-gateway-${port}=nonsense` })).toBe(401)
      expect(yield* status({ authorization: `Bearer ${TOKEN}` })).toBe(200)
      expect((yield* signIn(port, "nonsense")).status).toBe(401)
      const signedIn = yield* signIn(port)
      expect(yield* status({ cookie: cookieOf(signedIn) })).toBe(200)
      yield* studio.signal("SIGTERM")
      expect(yield* studio.exitCode).toBe(0)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
