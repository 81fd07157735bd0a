/** The config that setup writes. */
import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { decode } from "../../../src/layers/config/ConfigFile.ts"
import {
  agentLines,
  type Choices,
  configText,
  ownerLines
} from "../../../src/programs/commands/setup/configText.ts"

const read = (text: string) =>
  Either.getOrThrowWith(
    decode({ text, file: "config.json5", env: { HOME: "/Users/me", OPENAI_API_KEY: "sk-1" } }),
    (invalid) => invalid
  )

const model = {
  title: "gpt-5-mini (openai)",
  runtime: {
    type: "openai",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-5-mini",
    apiKey: `\${OPENAI_API_KEY}`
  }
}
const OWNER = "+15555550111"

describe("the config", () => {
  it.each<[string, Choices]>([
    ["all of it", { cliPath: "/opt/homebrew/bin/imsg", agent: model, owner: OWNER }],
    ["no agent", { cliPath: "imsg", agent: undefined, owner: OWNER }],
    ["no owner", { cliPath: "imsg", agent: model, owner: undefined }],
    ["imsg alone", { cliPath: 'ssh -T me@mac "/opt/the imsg"', agent: undefined, owner: undefined }]
  ])("with %s is read as it is meant, without a secret in it", (_what, choices) => {
    const { accounts, agents, owners, session, writtenSecrets } = read(configText(choices))
    expect(accounts).toMatchObject([{ cliPath: choices.cliPath, dmPolicy: "pairing" }])
    expect(agents.list[0].runtime.type).toBe(choices.agent === undefined ? "echo" : "openai")
    expect(owners).toEqual(choices.owner === undefined ? [] : [OWNER])
    expect(session.dmScope).toBe("per-channel-peer")
    expect(writtenSecrets).toEqual([])
  })

  it("warns of nothing where nothing was skipped", () => {
    expect(read(configText({ cliPath: "imsg", agent: model, owner: OWNER })).warnings).toEqual([])
  })

  it("answers in groups its owner alone, and only where it is mentioned", () => {
    const [account] = read(configText({ cliPath: "imsg", agent: model, owner: OWNER })).accounts
    expect(account).toMatchObject({
      groupPolicy: "allowlist",
      groupAllowFrom: [OWNER],
      groups: { "*": { requireMention: true } }
    })
  })

  it("answers nobody in groups where there is no owner", () => {
    const [account] = read(configText({ cliPath: "imsg", agent: model, owner: undefined })).accounts
    expect(account?.groupPolicy).toBe("disabled")
  })

  it("explains itself in lines of at most 120 characters", () => {
    const lines = configText({ cliPath: "imsg", agent: model, owner: OWNER }).split("\n")
    expect(lines.filter((line) => line.length > 120)).toEqual([])
    expect(lines.filter((line) => line.trimStart().startsWith("//")).length).toBeGreaterThan(7)
  })

  it("has lines that can be added to another", () => {
    const { agents, owners } = read(`{\n${ownerLines(OWNER)}\n${agentLines(model)}\n}`)
    expect({ owners, type: agents.list[0].runtime.type }).toEqual({ owners: [OWNER], type: "openai" })
  })
})
