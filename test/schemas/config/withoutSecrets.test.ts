import { describe, expect, it } from "@effect/vitest"
import {
  addressWithoutSecrets,
  programWithoutArguments,
  withoutSecrets
} from "../../../src/schemas/config/withoutSecrets.ts"
import { config } from "./decoding.ts"

/** A word that stands wherever a config can hold a secret, each with a number of its own. */
const HIDE = "h1dden-"

/** Every runtime, with secrets in all the places where people put them. */
const RUNTIMES: ReadonlyArray<Record<string, unknown>> = [
  { type: "echo" },
  {
    type: "command",
    command: ["./bot", "--api-key", `${HIDE}1`, `-p${HIDE}2`, `KEY=${HIDE}3`],
    env: { BOT_KEY: `${HIDE}4`, PLAIN: `${HIDE}5` },
    passEnv: ["OPENAI_API_KEY"]
  },
  {
    type: "openai",
    baseUrl: `https://user:${HIDE}6@models.example.com/v1/${HIDE}7?key=${HIDE}8`,
    model: "small",
    apiKey: `${HIDE}9`,
    headers: { "X-Custom": `${HIDE}10`, Authorization: `Bearer ${HIDE}11` }
  },
  { type: "anthropic", model: "large", apiKey: `${HIDE}12`, headers: { "x-api-key": `${HIDE}13` } },
  {
    type: "cli",
    preset: "claude",
    command: ["/opt/claude", "--token", `${HIDE}14`],
    args: ["-p", `${HIDE}15`],
    resumeArgs: [`--resume=${HIDE}16`],
    systemPromptArgs: [`${HIDE}17`],
    fileArgs: [`${HIDE}18`],
    env: { CLAUDE_TOKEN: `${HIDE}19` }
  },
  {
    type: "acp",
    command: ["/opt/gemini", "--key", `${HIDE}30`],
    env: { GEMINI_API_KEY: `${HIDE}31` }
  },
  {
    type: "webhook",
    url: `https://n8n.example.com/webhook/${HIDE}20`,
    secret: `${HIDE}21`,
    token: `${HIDE}22`,
    headers: { Cookie: `${HIDE}23` }
  }
]

const FILE = {
  imessage: {
    cliPath: `sshpass -p ${HIDE}24 ssh mac imsg`,
    env: { SSH_PASSWORD: `${HIDE}25`, OTHER: `${HIDE}26` }
  },
  agents: { list: RUNTIMES.map((runtime, at) => ({ id: `agent-${at}`, runtime })) },
  media: {
    transcription: {
      baseUrl: `https://voice.example.com/v1?key=${HIDE}27`,
      model: "whisper",
      apiKey: `${HIDE}28`
    }
  },
  control: { http: { port: 8080, token: `${HIDE}29-with-enough-characters-abc` } }
}

describe("the config as it is shown", () => {
  const shown = JSON.stringify(withoutSecrets(config(JSON.stringify(FILE))))

  it("holds no secret of any runtime, nor of anything else", () => {
    expect(shown.match(new RegExp(`${HIDE}\\d+`, "gu")) ?? []).toEqual([])
  })

  it("says what is there all the same", () => {
    for (const words of [
      '"command":"./bot …"',
      '"env":{"BOT_KEY":"…","PLAIN":"…"}',
      '"passEnv":["OPENAI_API_KEY"]',
      '"Authorization":"…"',
      '"baseUrl":"https://models.example.com/…"',
      '"url":"https://n8n.example.com/…"',
      '"cliPath":"sshpass …"',
      '"token":"…"',
      '"port":8080'
    ])
      expect(shown).toContain(words)
  })
})

describe("an address as it is shown", () => {
  it.each([
    ["http://localhost:11434/v1", "http://localhost:11434/v1"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"],
    ["https://api.anthropic.com", "https://api.anthropic.com"],
    ["https://user:pass@example.com/v1", "https://example.com/v1"],
    ["https://example.com/v1?key=x", "https://example.com/…"],
    ["https://example.com/webhook/x", "https://example.com/…"],
    ["https://", "…"]
  ])("is of %s %s", (address, words) => {
    expect(addressWithoutSecrets(address)).toBe(words)
  })
})

describe("a program as it is shown", () => {
  it.each([
    ["imsg", "imsg"],
    ["ssh -T mac imsg", "ssh …"],
    [["claude"], "claude"],
    [["node", "bot.mjs"], "node …"]
  ])("is of %j %s", (program, words) => {
    expect(programWithoutArguments(program)).toBe(words)
  })
})
