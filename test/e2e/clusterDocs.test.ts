/** docs/cluster.md: its commands, one after the other, on machines in the places of those that it names. */
import { readFileSync } from "node:fs"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { modelServer, saying } from "../support/modelServer.ts"
import { type Block, blocksOf, makePageHosts } from "../support/pageHosts.ts"
import { eventually } from "../support/simulator.ts"

const page = readFileSync("docs/cluster.md", "utf8")
const config = /```json5\n([\s\S]*?)```/u.exec(page)?.[1] ?? ""

const HOSTS = ["server", "studio", "mini"] as const
type Host = (typeof HOSTS)[number]

/** The machines on which a block is run, one after the other. */
const placesOf = ({ where }: Block): ReadonlyArray<Host> =>
  where === "on each host" ? HOSTS : HOSTS.filter((host) => where.includes(host))

/** The commands below a heading. */
const under = (heading: string): ReadonlyArray<Block> => {
  const blocks = blocksOf(page.split(/^## /mu).find((part) => part.startsWith(heading)) ?? "")
  expect(blocks.length).toBeGreaterThan(0)
  return blocks
}

/** Who is let in by the page's config. */
const OWNER = "+15555550100"

const makeMachines = Effect.gen(function* () {
  const model = yield* modelServer(saying("I am here."))
  // Addresses of this machine that no other test has.
  const net = 1 + (process.pid % 250)
  const machines = yield* makePageHosts(
    ["studio", "mini", "attic"],
    ["server"],
    [
      ["10.8.0.", `127.${net}.0.`],
      ["127.0.0.1:11434", model.url.slice("http://".length)]
    ]
  )
  return {
    ...machines,
    /** Runs what stands below a heading; answers all that it prints. */
    follow: (heading: string) =>
      Effect.forEach(under(heading), (block) =>
        Effect.forEach(placesOf(block), (place) =>
          Effect.gen(function* () {
            const { code, stderr, stdout } = yield* machines.run(place, block.text)
            expect({ place, text: block.text, code, stderr }).toMatchObject({ code: 0, stderr: "" })
            return stdout
          })
        )
      ).pipe(Effect.map((printed) => printed.flat().join("\n"))),
    /** Waits until a host's `status` has such lines. */
    awaitStatus: (host: Host, ...lines: ReadonlyArray<RegExp>) =>
      eventually(
        `a status of ${host}`,
        Effect.map(machines.run(host, "imsg-gateway status"), ({ stderr, stdout }) => stdout + stderr),
        (status) => lines.every((line) => line.test(status)),
        "40 seconds"
      )
  }
})

type Machines = Effect.Effect.Success<typeof makeMachines>

/** Somebody who writes to the account of a Mac, and waits for each answer. */
const correspondent = (machines: Machines, mac: Parameters<Machines["imsgOf"]>[0]) =>
  Effect.gen(function* () {
    const imsg = machines.imsgOf(mac)
    const chat = yield* imsg.chats.addDirectChat({ handle: OWNER })
    let count = 0
    const say = Effect.suspend(() => {
      count++
      return imsg.chats.receive({ chatId: chat.id, sender: OWNER, text: `message ${count}` })
    })
    const answered = Effect.gen(function* () {
      yield* imsg.awaitSent(count, "30 seconds")
      const sent = yield* imsg.chats.sent()
      expect(sent.map(({ text }) => text)).toEqual(Array.from({ length: count }, () => "I am here."))
    })
    return { say, answered }
  })

/** The gateway that ran alone on a Mac before there was a cluster: its account has been named already. */
const ALONE = `{
  imessage: { dmPolicy: "pairing", allowFrom: ["${OWNER}"], accounts: { home: {} } },
  agents: { list: [{
    id: "main",
    runtime: { type: "openai", baseUrl: "http://127.0.0.1:11434/v1", model: "llama3.2" }
  }] }
}`

const LIVES = { timeout: 240_000 }

// A Mac has one address for itself, and these take one each.
describe.skipIf(process.platform !== "linux")("the page of a cluster", () => {
  it.scopedLive(
    "has commands that do what it says",
    () =>
      Effect.gen(function* () {
        const machines = yield* makeMachines
        yield* machines.run("studio", "mkdir -p -m 700 ~/.imsg-gateway")
        yield* machines.write("studio", ".imsg-gateway/config.json5", ALONE)
        expect(yield* machines.run("studio", "imsg-gateway service install")).toMatchObject({ code: 0 })
        const home = yield* correspondent(machines, "studio")
        yield* home.say
        yield* home.answered

        yield* machines.follow("1. The config")
        yield* machines.write("server", ".imsg-gateway/config.json5", config)
        yield* machines.follow("2. The database")
        yield* machines.follow("3. The other hosts")
        const carried = yield* machines.follow("From one process to a cluster")
        expect(carried).toMatch(/can be carried over into .*; nothing was\./u)
        expect(carried).toMatch(/were carried over into .*\/imsg\.$/mu)
        // What was written meanwhile is answered, and nothing from before again.
        yield* home.say
        expect(yield* machines.follow("4. Start")).toContain(
          "runsOn names hosts that have never joined: mini"
        )
        const all = [/^home +studio +running/mu, /^work +mini +running/mu, /^desk +studio +running/mu]
        yield* machines.awaitStatus("mini", ...all)
        const shown = yield* machines.follow("5. Look")
        expect(shown).toMatch(/^studio +up .* home, desk +\d+\.\d+\.\d+ +[\d.]+:7300$/mu)

        const desk = yield* correspondent(machines, "attic")
        yield* home.answered
        for (const { say } of [desk, home]) yield* say
        for (const { answered } of [desk, home]) yield* answered

        yield* machines.lose("studio")
        for (const { say } of [desk, home]) yield* say
        yield* desk.answered
        yield* machines.awaitStatus(
          "server",
          /^desk +server +running/mu,
          /its host studio is silent since \d\d:\d\d UTC; it waits for studio$/mu
        )
        yield* machines.follow("When a Mac is lost")
        yield* home.answered
        yield* machines.awaitStatus("mini", ...all)

        yield* machines.server.stop("fast")
        for (const { say } of [desk, home]) yield* say
        yield* machines.awaitStatus("mini", /^the store 127\.\d+\.0\.1:\d+\/imsg cannot be used: /mu)
        yield* machines.server.start
        for (const { answered } of [desk, home]) yield* answered

        yield* machines.follow("Changing the config")
        yield* machines.follow("Upgrading")
        yield* machines.awaitStatus("mini", ...all)
        for (const { say } of [desk, home]) yield* say
        for (const { answered } of [desk, home]) yield* answered
        yield* machines.follow("Backing up")
        const restored = yield* machines.run(
          "server",
          "sudo -u postgres createdb again; sudo -u postgres pg_restore --dbname=again imsg-*.dump; sudo -u postgres psql -At again -c 'SELECT count(*) FROM outbox'"
        )
        expect(restored).toEqual({ code: 0, stderr: "", stdout: "10\n" })
      }).pipe(Effect.provide(NodeContext.layer)),
    LIVES
  )
})
