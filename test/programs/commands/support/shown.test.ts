/** What of a log, and of a config, may leave the machine. */
import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { makeOwnWords } from "../../../../src/programs/commands/support/ownWords.ts"
import { makeRedactor } from "../../../../src/programs/commands/support/redactor.ts"
import { secretsOf, shownConfig } from "../../../../src/programs/commands/support/shownConfig.ts"
import { shownLine } from "../../../../src/programs/commands/support/shownLine.ts"

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: as the built program has it
const PROGRAM =
  'log("running");log(`a send failed: ${error.message}`);hint="Look at the network.";text:"hello you"'
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as the built program has it
const own = makeOwnWords(PROGRAM)
const redactor = () =>
  makeRedactor({ people: [], names: ["Sam"], secrets: [], home: "/Users/ada", region: "US" })
const redact = redactor()

const line = (given: Readonly<Record<string, unknown>>) =>
  JSON.stringify({
    message: "running",
    logLevel: "INFO",
    timestamp: "2026-11-27T23:41:20.884Z",
    annotations: {},
    spans: {},
    fiberId: "#1",
    ...given
  })

const shown = (given: Readonly<Record<string, unknown>>) =>
  Option.getOrUndefined(shownLine(line(given), own, redact))

describe("a text is shown as far as it is the program's own:", () => {
  it.each([
    ["running", "running"],
    ["a send failed: I love you", "a send failed: ..."],
    ["Look at the network.", "Look at the network."],
    ["Look at the network. I love you", "Look at the network...."],
    ["Look at the", "..."],
    ["hello", "..."],
    ["I love you", "..."],
    ["", ""]
  ])("%j is %j", (text, what) => {
    expect(own(text)).toBe(what)
  })
})

describe("of a line of the log", () => {
  it("the gateway's own words and ids are shown", () => {
    expect(
      shown({
        message: "a send failed: the chat said I love you",
        logLevel: "WARN",
        annotations: {
          account: "default",
          code: "running",
          part: 2,
          hint: "Look at the network.",
          delivery: "default:E5A4"
        }
      })
    ).toEqual({
      at: "2026-11-27T23:41:20.884Z",
      level: "WARN",
      message: "a send failed: ...",
      account: "default",
      code: "running",
      part: 2,
      hint: "Look at the network.",
      delivery: "default:E5A4"
    })
  })

  it.each([
    ["a message as a trace has it", { annotations: { text: "I love you" } }],
    ["words in place of an id", { annotations: { account: "I love you" } }],
    ["words in place of a key", { annotations: { "I love you": true } }],
    ["words in an object", { annotations: { detail: { said: "I love you" } } }],
    ["words in a list", { message: ["running", "I love you", { said: "I love you" }] }],
    ["words in a failure", { cause: "Error: I love you\n    at I love you (/Users/sam/x.js:1:2)" }],
    [
      "a name and a handle in an id",
      { annotations: { session: "agent:main:imessage:dm:+15555550123", id: "Sam" } }
    ],
    ["a name that no config has", { annotations: { session: "agent:main:imessage:direct:Samantha" } }],
    ["a name of two words", { annotations: { id: "agent:main:direct:sam smith" } }],
    ["a name of a group", { annotations: { session: "agent:main:imessage:group:sam" } }],
    ["a handle as a number", { annotations: { sender: 15555550123 } }]
  ])("nothing of %s is shown", (_, given) => {
    expect(JSON.stringify(shown(given))).not.toMatch(/love|you|Sam|sam|5550123/u)
  })

  it.each([
    ["agent:main:imessage:direct:Samantha", "agent:main:imessage:direct:..."],
    ["agent:main:imessage:home:direct:sam smith", "agent:main:imessage:home:direct:..."],
    ["agent:main:direct:+15555550124", expect.stringMatching(/^agent:main:direct:person-\d+$/u)],
    ["agent:main:direct:Sam", expect.stringMatching(/^agent:main:direct:person-\d+$/u)],
    ["agent:main:imessage:bot:group:42", "agent:main:imessage:bot:group:42"],
    ["agent:main:main", "agent:main:main"]
  ])("the session %s is shown as far as nobody is named", (session, what) => {
    expect(shown({ annotations: { session } })).toMatchObject({ session: what })
  })

  it("where in the program something failed is shown", () => {
    expect(
      shown({
        cause: "Error: I love you\n    at run (file:///Users/sam/dist/main.js:12:3)\n    at /x/y.js:1:2"
      })
    ).toMatchObject({ stack: ["main.js:12:3", "y.js:1:2"] })
  })

  it.each([
    "I love you",
    '{"message": "running"}',
    line({ logLevel: "I love you" }),
    line({ timestamp: "I love you" }),
    "\u0000",
    '{"__proto__": {"message": 1}}'
  ])("what is none is left out: %j", (text) => {
    expect(shownLine(text, own, redact)).toEqual(Option.none())
  })
})

describe("a config", () => {
  const raw = {
    stateDir: "/Users/ada/state",
    imessage: {
      cliPath: "/usr/local/bin/imsg",
      dmPolicy: "allowlist",
      allowFrom: ["+15555550123", 15555550124, "*", "chat_id:42"],
      groups: { "*": { requireMention: true }, "42": {}, "chat_guid:iMessage;+;sam": {} },
      textChunkLimit: 4000
    },
    people: { sam: ["+15555550123"] },
    agents: {
      list: [
        {
          id: "main",
          name: "Robin",
          systemPrompt: "You know where the treasure is",
          runtime: {
            type: "openai",
            baseUrl: "http://user:pass-word@models.example.com/v1?key=treasure",
            apiKey: "sk-treasure",
            headers: { "X-Treasure": "treasure" }
          }
        },
        {
          id: "third",
          runtime: { type: "command", command: ["python3", "--token=treasure"], env: { A: "treasure" } }
        }
      ]
    },
    telegram: { botToken: "treasure" },
    control: { http: { port: 18_789, token: "treasure treasure" } }
  }

  it("keeps its keys, numbers and choices, and loses what people wrote into it", () => {
    expect(shownConfig(raw, redactor())).toEqual({
      stateDir: "~/state",
      imessage: {
        cliPath: "/usr/local/bin/imsg",
        dmPolicy: "allowlist",
        allowFrom: ["person-1", "person-2", "*", "chat_id:42"],
        groups: { "*": { requireMention: true }, "42": {}, "(key 3)": {} },
        textChunkLimit: 4000
      },
      people: { "(key 1)": ["person-1"] },
      agents: {
        list: [
          {
            id: "main",
            name: "(text, 5 characters)",
            systemPrompt: "(text, 30 characters)",
            runtime: {
              type: "openai",
              baseUrl: "http://models.example.com",
              apiKey: "(text, 11 characters)",
              headers: { "(key 1)": "(text, 8 characters)" }
            }
          },
          {
            id: "(text, 5 characters)",
            runtime: {
              type: "command",
              command: ["(text, 7 characters)", "(text, 16 characters)"],
              env: { "(key 1)": "(text, 8 characters)" }
            }
          }
        ]
      },
      control: { http: { port: 18_789, token: "(text, 17 characters)" } },
      "(sections that are not read)": 1
    })
  })

  it("has secrets, which nothing else may quote", () => {
    expect(secretsOf(raw)).toEqual([
      "pass-word",
      "key=treasure",
      "treasure",
      "sk-treasure",
      "treasure",
      "--token=treasure",
      "treasure",
      "treasure",
      "treasure treasure"
    ])
  })

  it.each([
    ["sshpass -p hunter22secret ssh mac imsg", ["hunter22secret"]],
    ["sshpass -phunter22secret ssh -T mac", ["hunter22secret"]],
    ["run --pass='hunter22secret' --verbose imsg", ["hunter22secret"]],
    ["/usr/local/bin/imsg", []]
  ])("of the program %s only the program is shown", (cliPath, secrets) => {
    expect(secretsOf({ imessage: { accounts: { mini: { cliPath } } } })).toEqual(secrets)
    const [program = ""] = cliPath.split(" ")
    expect(shownConfig({ imessage: { cliPath } }, redactor())).toEqual({
      imessage: { cliPath: cliPath === program ? program : `${program} ...` }
    })
  })

  it.each([
    ["http://localhost:9/v1?api-key=abcdef123456", ["api-key=abcdef123456", "abcdef123456"]],
    [
      "https://somebody:p%40ss-word@example.com/#a-fragment",
      ["somebody", "p%40ss-word", "a-fragment", "p@ss-word"]
    ],
    ["https://example.com/v1", []],
    ["imessage:+15555550123", []]
  ])("the address %s has what may let somebody in", (url, secrets) => {
    expect(secretsOf({ agents: { list: [{ runtime: { baseUrl: url } }] } })).toEqual(secrets)
  })
})
