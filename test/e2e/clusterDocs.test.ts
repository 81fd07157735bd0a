/** docs/cluster.md: its commands, one after the other, on four machines in the places of those that it names. */
import { readFileSync } from "node:fs"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { PERSON } from "../support/gateway.ts"
import { modelServer, saying } from "../support/modelServer.ts"
import { blocksOf, makePageHosts } from "../support/pageHosts.ts"

const page = readFileSync("docs/cluster.md", "utf8")
const config = /```json5\n([\s\S]*?)```/u.exec(page)?.[1] ?? ""

const HOSTS = ["server", "studio", "mini"] as const
type Host = (typeof HOSTS)[number]

/** The machines on which a block is run, one after the other. */
const placesOf = (where: string): ReadonlyArray<Host> => {
  if (where === "on any host") return ["mini"]
  const named = HOSTS.filter((host) => where.includes(host))
  return named.length === 0 ? HOSTS : named
}

describe("the page of a cluster", () => {
  it.scopedLive("has commands that do what it says", () =>
    Effect.gen(function* () {
      const model = yield* modelServer(saying("I am here."))
      // Addresses of this machine that nobody else has.
      const net = 1 + Math.floor(Math.random() * 200)
      const machines = yield* makePageHosts(["studio", "mini", "attic"] as const, ["server"] as const, [
        ["10.8.0.", `127.${net}.0.`],
        ["127.0.0.1:11434", model.url.slice("http://".length)]
      ])
      const blocks = blocksOf(page)
      for (const { text, where } of blocks) {
        if (text.includes("apt install")) yield* machines.write("server", ".imsg-gateway/config.json5", config)
        for (const place of placesOf(where)) {
          const { code, stderr } = yield* machines.run(place, text)
          expect({ place, text, code, stderr }).toEqual({ place, text, code: 0, stderr: "" })
        }
      }
      const status = (what: string, at: Host = "mini") => Effect.flatMap(machines.run(at, "date; imsg-gateway status"), ({ stdout, stderr, code }) => Effect.sync(() => console.log(what, code, stdout, stderr)))
      yield* status("at once")
      yield* Effect.sleep("12 seconds")
      yield* status("12 s later")
      const chat = yield* machines.imsgOf("attic").chats.addDirectChat({ handle: "+15555550100" })
      const say = (text: string) => machines.imsgOf("attic").chats.receive({ chatId: chat.id, sender: "+15555550100", text })
      yield* say("1")
      yield* machines.imsgOf("attic").awaitSent(1)
      console.log("answered")
      yield* machines.lose("studio")
      yield* say("2")
      const t0 = Date.now()
      yield* machines.imsgOf("attic").awaitSent(2, "60 seconds")
      console.log("taken over after", Date.now() - t0)
      yield* status("studio lost")
      yield* machines.run("studio", "imsg-gateway service start")
      yield* Effect.sleep("25 seconds")
      yield* status("studio back")
      yield* machines.server.stop("fast")
      yield* Effect.sleep("5 seconds")
      yield* status("database away 5")
      yield* Effect.sleep("15 seconds")
      yield* status("database away 20")
      console.log(yield* machines.run("mini", "imsg-gateway doctor; imsg-gateway pairing list imessage"))
      yield* say("3")
      yield* machines.server.start
      const t1 = Date.now()
      yield* machines.imsgOf("attic").awaitSent(3, "60 seconds")
      console.log("answered after", Date.now() - t1)
      yield* status("database back")
      for (const host of HOSTS) console.log(host, yield* machines.outputOf(host))
      void PERSON
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
