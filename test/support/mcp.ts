/** The official MCP client, over both transports and in both generations of the protocol. */
import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { Effect } from "effect"
import { MAIN } from "./command.ts"

/** The newest protocol, which has no handshake, and those before it. */
export const GENERATIONS = [
  { generation: "2026-07-28", mode: { pin: "2026-07-28" } },
  { generation: "2025", mode: "legacy" }
] as const

export type Mode = (typeof GENERATIONS)[number]["mode"]

/** A client that is connected until the end of the scope. */
const connected = (transport: Transport, mode: Mode) =>
  Effect.acquireRelease(
    Effect.tryPromise(async () => {
      const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } })
      await client.connect(transport)
      return client
    }),
    (client) => Effect.promise(() => client.close())
  ).pipe(
    Effect.map((client) => ({
      tools: Effect.tryPromise(async () => (await client.listTools()).tools),
      resources: Effect.tryPromise(async () => (await client.listResources()).resources),
      templates: Effect.tryPromise(async () => (await client.listResourceTemplates()).resourceTemplates),
      read: (uri: string) => Effect.tryPromise(async () => (await client.readResource({ uri })).contents),
      /** What a tool answers: its one text, and whether it is a failure. */
      call: (name: string, input: Record<string, unknown> = {}) =>
        Effect.tryPromise(async () => {
          const { content, isError = false } = await client.callTool({ name, arguments: input })
          const [first] = content
          return { isError, text: first?.type === "text" ? first.text : "" }
        }),
      instructions: Effect.sync(() => client.getInstructions() ?? "")
    }))
  )

export type McpClient = Effect.Effect.Success<ReturnType<typeof connected>>

/** A client of `imsg-gateway mcp`, which it starts with this environment. */
export const overStdio = (env: Readonly<Record<string, string>>, mode: Mode = GENERATIONS[0].mode) =>
  connected(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "mcp"],
      env: { PATH: process.env.PATH ?? "", ...env },
      stderr: "ignore"
    }),
    mode
  )

/** A client of `/mcp` of the page's port. */
export const overHttp = (port: number, token: string, mode: Mode = GENERATIONS[0].mode) =>
  connected(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } }
    }),
    mode
  )
