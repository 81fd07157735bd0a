/** The MCP server of the gateway, by the official client, over both transports and in both generations of the protocol. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TOOLS } from "../../src/schemas/tools.ts"
import { MAIN, run, startWith } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { PERSON, startGateway } from "../support/gateway.ts"
import { GENERATIONS, type McpClient, overHttp, overStdio } from "../support/mcp.ts"
import { eventually } from "../support/simulator.ts"
import { askPort, TOKEN, webGateway } from "../support/webPage.ts"

/** A gateway with a page, where somebody has written. */
const begun = Effect.gen(function* () {
  const started = yield* webGateway()
  yield* started.awaitPage()
  yield* awaitControl(started.home)
  yield* started.say("the parcel is here")
  return started
})

const DOORS = [
  {
    door: "stdio",
    open: ({ home }: Effect.Effect.Success<typeof begun>, mode: (typeof GENERATIONS)[number]["mode"]) =>
      overStdio({ IMSG_GATEWAY_STATE_DIR: home.stateDir }, mode)
  },
  {
    door: "HTTP",
    open: ({ port }: Effect.Effect.Success<typeof begun>, mode: (typeof GENERATIONS)[number]["mode"]) =>
      overHttp(port, TOKEN, mode)
  }
] as const

/** What every client finds, whichever way it came. */
const findsAll = (client: McpClient, chatId: number) =>
  Effect.gen(function* () {
    const tools = yield* client.tools
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(TOOLS))
    expect(tools.every(({ inputSchema }) => inputSchema.type === "object")).toBe(true)
    expect(tools.find(({ name }) => name === "send_message")?.annotations?.readOnlyHint).toBe(false)
    expect(yield* client.instructions).toContain("chat_id")

    const chats = yield* client.call("list_chats")
    expect(chats.isError).toBe(false)
    expect(JSON.parse(chats.text)).toMatchObject({ chats: [{ chat_id: chatId }] })
    const sent = yield* client.call("send_message", { chat_id: chatId, text: "I fetch it" })
    expect([sent.isError, sent.text]).toEqual([false, expect.stringContaining("delivery_id")])

    // What goes wrong is told to the model, with what to do, and breaks nothing.
    const wrong = yield* client.call("read_messages", { chat_id: 999 })
    expect(wrong).toEqual({ isError: true, text: expect.stringMatching(/no chat .*999.*list_chats/su) })
    expect(yield* client.call("read_messages", { chat: 1 })).toMatchObject({ isError: true })
    expect(yield* client.call("no_such_tool")).toMatchObject({ isError: true })

    const uri = `imsg://chat/default/${chatId}`
    expect((yield* client.resources).map((one) => one.uri)).toEqual([uri])
    expect((yield* client.templates).map(({ uriTemplate }) => uriTemplate)).toEqual([
      "imsg://chat/{account}/{chat_id}"
    ])
    const [read] = yield* client.read(uri)
    expect(read !== undefined && "text" in read ? read.text : "").toContain("the parcel is here")
    for (const none of ["imsg://chat/default/999", "imsg://chat/default/x", "file:///etc/passwd"]) {
      expect(yield* Effect.flip(client.read(none))).toBeDefined()
    }

    const many = yield* Effect.all(
      Array.from({ length: 100 }, () => client.call("list_pairings")),
      { concurrency: "unbounded" }
    )
    expect(many.filter(({ isError }) => isError)).toEqual([])
  })

describe("the MCP server", () => {
  for (const { door, open } of DOORS) {
    for (const { generation, mode } of GENERATIONS) {
      it.scopedLive(
        `has tools and chats over ${door} for clients of ${generation}, a hundred calls at once`,
        () =>
          Effect.gen(function* () {
            const started = yield* begun
            yield* findsAll(yield* open(started, mode), started.chat.id)
          })
      )
    }
  }
})

describe("the MCP server over stdio", () => {
  it.scopedLive("lives while the gateway does not, says what is wrong, and works when it is back", () =>
    Effect.gen(function* () {
      const { gateway, home } = yield* begun
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      const client = yield* overStdio({ IMSG_GATEWAY_STATE_DIR: home.stateDir })
      expect((yield* client.tools).map(({ name }) => name)).toEqual(Object.keys(TOOLS))
      const away = yield* client.call("list_chats")
      expect(away).toEqual({ isError: true, text: expect.stringContaining("Start it with `imsg-gateway`") })
      yield* startGateway(home)
      yield* eventually("an answer", client.call("list_chats"), ({ isError }) => !isError)
    })
  )

  it.scopedLive("prints nothing but the protocol, and ends with stdin", () =>
    Effect.gen(function* () {
      const { home } = yield* begun
      const env = { IMSG_GATEWAY_STATE_DIR: home.stateDir }
      const started = yield* startWith(
        env,
        "sh",
        "-c",
        `printf '{"a": 1}\\n' | "${process.execPath}" "${MAIN}" mcp`
      )
      const { code, stderr, stdout } = yield* started.ended
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
      expect(stderr).toContain("it does not know")
    })
  )

  it.scopedLive("is nobody with a token that is none, and ends with one that is revoked", () =>
    Effect.gen(function* () {
      const { home } = yield* begun
      const env = { IMSG_GATEWAY_STATE_DIR: home.stateDir }
      const stranger = yield* overStdio({ ...env, IMSG_GATEWAY_TOKEN: "imsgw_nonsense" })
      expect(yield* stranger.call("list_pairings")).toEqual({
        isError: true,
        text: expect.stringContaining("no token of the gateway")
      })
      // As a config leaves it whose variable is not there.
      const careless = yield* overStdio({ ...env, IMSG_GATEWAY_TOKEN: "" })
      expect(yield* careless.call("list_pairings")).toMatchObject({ isError: true })
      const command = (...args: ReadonlyArray<string>) => run(...args, "--config", home.configFile)
      const made = yield* command("tokens", "create", "--scope", "read", "--name", "reader")
      const client = yield* overStdio({ ...env, IMSG_GATEWAY_TOKEN: made.stdout.trim() })
      expect(yield* client.call("list_chats")).toMatchObject({ isError: false })
      expect((yield* command("tokens", "revoke", "1")).code).toBe(0)
      expect(yield* client.call("list_chats")).toMatchObject({ isError: true })
    })
  )
})

describe("the MCP server over HTTP", () => {
  it.scopedLive("is behind the gate of the page, and has no sessions", () =>
    Effect.gen(function* () {
      const { home, port } = yield* begun
      const ping = (
        headers: Readonly<Record<string, string>>,
        more: { method?: string; body?: string } = {}
      ) =>
        askPort(port, {
          path: "/mcp",
          method: "POST",
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
          ...more,
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            ...headers
          }
        })
      const authorization = `Bearer ${TOKEN}`
      // A client that was given no token is told so; a page of somebody else could ask as the second does.
      const bare = yield* ping({})
      expect([bare.status, JSON.parse(bare.body)]).toMatchObject([401, { code: "not_signed_in" }])
      expect((yield* ping({ "sec-fetch-site": "cross-site" })).status).toBe(403)
      expect((yield* ping({ authorization: "Bearer nonsense" })).status).toBe(401)
      expect((yield* ping({ authorization, host: "evil.example.com" })).status).toBe(403)
      expect((yield* ping({ authorization, origin: "http://evil.example.com" })).status).toBe(403)
      expect((yield* ping({ authorization })).status).toBe(200)
      expect((yield* ping({ authorization, "mcp-session-id": "of-before" })).status).toBe(200)
      expect((yield* ping({ authorization }, { method: "GET", body: "" })).status).toBe(405)
      expect((yield* ping({ authorization }, { method: "DELETE", body: "" })).status).toBe(405)
      expect((yield* ping({ authorization }, { body: "nonsense" })).status).toBe(400)
      // As anywhere else: whoever sends more than a request may have is hung up on, answered or not.
      const large = Effect.match(ping({ authorization }, { body: `"${"x".repeat(1_100_000)}"` }), {
        onFailure: () => 400,
        onSuccess: ({ status }) => status
      })
      expect(yield* large).toBe(400)

      const made = yield* run("tokens", "create", "--scope", "chat", "--config", home.configFile)
      const client = yield* overHttp(port, made.stdout.trim())
      expect(JSON.parse((yield* client.call("list_chats")).text)).toMatchObject({
        chats: [{ participants: [{ handle: PERSON }] }]
      })
      yield* run("tokens", "revoke", "1", "--config", home.configFile)
      expect(yield* Effect.flip(client.call("list_chats"))).toBeDefined()
    })
  )
})
