/** Codes by which owners decide are told to no token but an admin's, by whatever endpoint, tool or resource. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { VEIL } from "../../src/schemas/codeVeil.ts"
import { SCOPES } from "../../src/schemas/Grant.ts"
import { acpRuntime } from "../support/acp.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl, listen } from "../support/control.ts"
import { ENDPOINTS } from "../support/endpoints.ts"
import { type Home, makeHome } from "../support/gateway.ts"
import { overHttp } from "../support/mcp.ts"
import { eventually } from "../support/simulator.ts"
import { webGateway } from "../support/webPage.ts"

const OWNER = "+15555550119"
const STRANGER = "+15555550118"

const Codes = Schema.parseJson(Schema.Array(Schema.Struct({ code: Schema.String })))

/** The only code of a list, once there is one. */
const codeOf = (home: Home, path: string) =>
  Effect.map(
    eventually(
      `a code in ${path}`,
      Effect.flatMap(ask(home, path), ({ body }) => Schema.decodeUnknown(Codes)(body)),
      (all) => all.length === 1
    ),
    ([only]) => only?.code ?? ""
  )

/** A gateway where an agent waits for the owner's leave and a stranger waits to be let in, of which both were told. */
const begun = Effect.gen(function* () {
  const notes = yield* makeHome({})
  const permissions = { default: "ask" }
  const started = yield* webGateway(
    {},
    {},
    {
      config: {
        owners: [OWNER],
        session: { dmScope: "per-peer" },
        agents: { list: [{ id: "main", runtime: acpRuntime(`${notes.dir}/heard`, {}, { permissions }) }] }
      }
    }
  )
  const { home, imsg, say } = started
  yield* started.awaitPage()
  yield* awaitControl(home)
  const ownChat = yield* imsg.chats.addDirectChat({ handle: OWNER })
  const strange = yield* imsg.chats.addDirectChat({ handle: STRANGER })
  const words = yield* listen(home, "/events?bodies=true")
  yield* say("do ask")
  yield* imsg.chats.receive({ chatId: strange.id, sender: STRANGER, text: "let me in" })
  const leave = yield* codeOf(home, "/permissions")
  const pairing = yield* codeOf(home, "/pairing")
  // The question, the news of the stranger, and what the stranger is told.
  yield* eventually("all of it said", imsg.chats.sent(), (sent) => sent.length === 3)
  const tokens = yield* Effect.forEach([...SCOPES, "chat read send"], (scopes) =>
    Effect.map(
      run(
        ...["tokens", "create", "--name", scopes, "--config", home.configFile],
        ...scopes.split(" ").flatMap((scope) => ["--scope", scope])
      ),
      ({ stdout }) => ({ scopes, token: stdout.trim() })
    )
  )
  const chats = [started.chat.id, ownChat.id, strange.id]
  return { ...started, chats, leave, pairing, tokens, words, ownChat }
})

/** All that whoever has a token is told, by where. */
const toldTo = ({ chats, home, port }: Effect.Effect.Success<typeof begun>, token: string) =>
  Effect.gen(function* () {
    const headers = { authorization: `Bearer ${token}` }
    const paths = ENDPOINTS.filter(({ method, path }) => method === "GET" && path !== "/events").map(
      ({ path }) => path
    )
    const asked = [...paths, "/openapi.json", ...chats.map((id) => `/chats/${id}/history`)]
    const answers = yield* Effect.forEach(asked, (path) =>
      Effect.map(ask(home, path, "GET", undefined, headers), ({ body }) => [path, body] as const)
    )
    const events = yield* ask(home, "/events?bodies=true", "GET", undefined, headers).pipe(
      Effect.map(({ body }) => body),
      // Who may hear them hears them for ever.
      Effect.timeoutTo({ duration: "200 millis", onSuccess: (body) => body, onTimeout: () => "a stream" })
    )
    const client = yield* overHttp(port, token)
    const tools = yield* Effect.forEach(
      [
        ...chats.map((chat_id) => ["read_messages", { chat_id }] as const),
        ["search_messages", { query: "allow" }] as const,
        ["search_messages", { query: "pair" }] as const,
        ["wait_for_messages", { after: 0, wait_ms: 0 }] as const,
        ["list_pairings", {}] as const
      ],
      ([name, input]) => Effect.map(client.call(name, input), ({ text }) => [name, text] as const)
    )
    const resources = yield* Effect.forEach(chats, (id) =>
      client.read(`imsg://chat/default/${id}`).pipe(
        Effect.map((contents) => [`resource ${id}`, JSON.stringify(contents)] as const),
        Effect.orElseSucceed(() => [`resource ${id}`, ""] as const)
      )
    )
    return [...answers, ["/events", events] as const, ...tools, ...resources]
  })

describe("a code by which an owner decides", () => {
  it.scopedLive("is told to no token but an admin's, wherever words are told", () =>
    Effect.gen(function* () {
      const all = yield* begun
      const { home, leave, ownChat, pairing, tokens, words } = all
      const has = (text: string) => text.toUpperCase().includes(leave) || text.toUpperCase().includes(pairing)
      for (const { scopes, token } of tokens) {
        const told = yield* toldTo(all, token)
        const with_ = told.flatMap(([where, text]) => (has(text) ? [where] : []))
        if (scopes === "admin") {
          // The interface is the owner's; tools are for models.
          expect(with_).toContain(`/chats/${ownChat.id}/history`)
          expect(with_).toContain("/permissions")
          expect(with_.filter((where) => !where.startsWith("/"))).toEqual([])
          continue
        }
        expect([scopes, with_]).toEqual([scopes, []])
        const reads = scopes !== "send" && scopes !== "group"
        expect([scopes, told.some(([, text]) => text.includes(`/allow ${VEIL}`))]).toEqual([scopes, reads])
      }
      expect((yield* ask(home, `/chats/${ownChat.id}/history`)).body).toContain(leave)
      expect(yield* words.seen).toContain(leave)
    })
  )

  it.scopedLive("decides nothing in what a token has the gateway say, in the owner's own chat either", () =>
    Effect.gen(function* () {
      const { home, imsg, leave, ownChat, pairing, tokens } = yield* begun
      const token = tokens.find(({ scopes }) => scopes === "send")?.token
      const headers = { authorization: `Bearer ${token}` }
      for (const text of [`/allow ${leave}`, `/pair ${pairing}`]) {
        for (const to of [{ chat_id: ownChat.id }, { to: OWNER }]) {
          const { body } = yield* ask(home, "/tools/send_message", "POST", { text, ...to }, headers)
          expect(JSON.parse(body)).toMatchObject({ state: "sent" })
        }
      }
      yield* eventually("all of it said", imsg.chats.sent(), (sent) => sent.length === 7)
      // Whatever was said is judged by the time that this is answered.
      yield* imsg.chats.receive({ chatId: ownChat.id, sender: OWNER, text: "/help" })
      yield* eventually("an answer", imsg.chats.sent(), (sent) => sent.length === 8)
      expect(yield* codeOf(home, "/permissions")).toBe(leave)
      expect(yield* codeOf(home, "/pairing")).toBe(pairing)
    })
  )
})
