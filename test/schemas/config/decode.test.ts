// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what is tested
import { describe, expect, it } from "@effect/vitest"
import { Either, Option, Redacted } from "effect"
import { isSecretName } from "../../../src/schemas/config/values.ts"
import { account, config, decoded } from "./decoding.ts"

describe("an empty config", () => {
  const empty = config("{}")

  it("has one account with the documented defaults", () => {
    expect(empty.accounts).toEqual([
      {
        id: "default",
        enabled: true,
        cliPath: "imsg",
        env: {},
        passEnv: [],
        service: "auto",
        services: ["imessage", "sms"],
        region: "US",
        dmPolicy: "pairing",
        allowFrom: [],
        groupPolicy: "open",
        historyLimit: 50,
        groups: {},
        includeAttachments: false,
        mediaMaxMb: 16,
        textChunkLimit: 4000,
        chunkMode: "length",
        reactionNotifications: "own",
        typing: true,
        sendReadReceipts: true,
        contextVisibility: "allowlist",
        attachmentRoots: ["/Users/me/Library/Messages/Attachments"],
        remoteAttachmentRoots: ["~/Library/Messages/Attachments"],
        supervision: {
          heartbeatMs: 4000,
          heartbeatTimeoutMs: 4000,
          requestTimeoutMs: 10000,
          sendTimeoutMs: 60000,
          startTimeoutMs: 30000,
          stallMs: 60000,
          backoff: { baseMs: 500, factor: 2, maxMs: 60000, resetAfterMs: 60000 }
        },
        catchUp: { maxAgeMs: 7200000, maxRows: 500 },
        inbox: { pollMs: 1000, ripenMs: 10_000 },
        delivery: { settleMs: 10000, ttlMs: 86400000 },
        pairing: {
          ttlMs: 3600000,
          maxPending: 20,
          message: expect.stringContaining("{code}"),
          approvedMessage: "You are let in. What you wrote before was not kept, so please write it again."
        },
        bindings: []
      }
    ])
  })

  it("has the documented defaults everywhere else", () => {
    expect({ ...empty, accounts: [], warnings: [] }).toEqual({
      file: "config.json5",
      stateDir: "/Users/me/.imsg-gateway",
      accounts: [],
      agents: {
        list: [
          {
            id: "main",
            isDefault: true,
            runtime: { type: "echo" },
            markdown: "keep",
            mediaRoots: [],
            mediaHosts: [],
            onReaction: "context",
            maxParts: 30,
            groupActions: false
          }
        ],
        maxConcurrent: 4
      },
      messages: {
        inbound: { debounceMs: 0 },
        loopGuard: { maxPerMinute: 30, mirrors: 3 },
        budget: { turns: 500, parts: 2000 },
        commands: true,
        ack: { reaction: "👍", when: "never" },
        interim: { afterMs: 30_000, text: "One moment, I am still working on this." },
        failureNotice: "Sorry, something went wrong here and I cannot answer that. Please try again later."
      },
      session: {},
      people: [],
      owners: [],
      media: {},
      retention: { days: 7 },
      shutdownMs: 15000,
      control: {},
      warnings: [],
      writtenSecrets: []
    })
  })

  it("warns that its only agent echoes", () => {
    expect(empty.warnings).toEqual([
      'agents.list is empty: one agent "main" answers with an echo of what it is told'
    ])
  })
})

describe("strings", () => {
  it.each([
    ["${NAME}", "Ada"],
    ["Dear ${NAME}, ${NAME}!", "Dear Ada, Ada!"],
    ["$${NAME}", "${NAME}"],
    ["$NAME {NAME} ${} ${1}", "$NAME {NAME} ${} ${1}"]
  ])("read %s as %s", (written, read) => {
    expect(account(JSON.stringify({ imessage: { name: written } }))?.name).toBe(read)
  })

  it("are filled in anywhere, lists and secrets included", () => {
    const { accounts, control } = config(
      '{ imessage: { allowFrom: ["${NAME}@example.com"] }, control: { http: { port: 8080, token: "${TOKEN}" } } }'
    )
    expect(accounts[0]?.allowFrom).toEqual(["Ada@example.com"])
    expect(control.http?.host).toBe("127.0.0.1")
    expect(Option.map(Option.fromNullable(control.http?.token), Redacted.value)).toEqual(
      Option.some("hush-hush-0123456789-nobody-hears-it")
    )
    expect(JSON.stringify(control)).not.toContain("hush-hush")
  })
})

describe("the state folder", () => {
  it("is that of the file, else of the environment", () => {
    const other = { IMSG_GATEWAY_STATE_DIR: "/var/gateway" }
    expect(config('{ stateDir: "~/state" }', other).stateDir).toBe("/Users/me/state")
    expect(config("{}", other).stateDir).toBe("/var/gateway")
    expect(config("{}", { IMSG_GATEWAY_STATE_DIR: "" }).stateDir).toBe("/Users/me/.imsg-gateway")
  })

  it("is refused where the environment has a relative one", () => {
    const invalid = Either.flip(decoded("{}", { IMSG_GATEWAY_STATE_DIR: "state" }))
    expect(Either.getOrThrow(invalid).message).toBe(
      'config.json5: stateDir: expected an absolute path, or one that starts with ~/; got "state" from $IMSG_GATEWAY_STATE_DIR'
    )
  })
})

describe("secrets that stand in the file", () => {
  const written = (text: string) => config(text).writtenSecrets
  const runtime = (env: string) =>
    `{ agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/x"], env: ${env} } }] } }`

  it("are those of variables, by their names", () => {
    expect(written(runtime('{ OPENAI_API_KEY: "sk-1", MODEL: "large", LANG: "C" }'))).toEqual([
      "agents.list[0].runtime.env.OPENAI_API_KEY"
    ])
    expect(
      written('{ imessage: { env: { DB_PASSWORD: "x" }, accounts: { a: { env: { TOKEN: "y" } } } } }')
    ).toEqual(["imessage.env.DB_PASSWORD", "imessage.accounts.a.env.TOKEN"])
  })

  it("are not those that come from the environment, and none is empty", () =>
    expect(written(runtime('{ API_KEY: "${TOKEN}", OTHER_KEY: "" }'))).toEqual([]))

  it.each<[name: string, is: boolean]>([
    ["ANTHROPIC_API_KEY", true],
    ["APIKEY", true],
    ["GITHUB_TOKEN", true],
    ["TOKENS", true],
    ["client_secret", true],
    ["SECRET_BASE", true],
    ["PGPASSWORD", true],
    ["DB_PASS", true],
    ["DB_PWD", true],
    ["NPM_AUTH", true],
    ["PWD", false],
    ["PATH", false],
    ["PASSAGE", false],
    ["SSH_AUTH_SOCK", false],
    ["KEYBOARD", false],
    ["AWS_ACCESS_KEY_ID", false],
    ["TOKEN_FILE", false]
  ])("%s: %s", (name, is) => expect(isSecretName(name)).toBe(is))
})
