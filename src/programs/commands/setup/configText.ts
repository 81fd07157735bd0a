/** The config that `setup` writes, with what each line means; and the lines that an existing one lacks. Pure. */
import JSON5 from "json5"

/** An agent as it is written. */
export interface ChosenAgent {
  readonly title: string
  readonly runtime: { readonly [key: string]: unknown }
}

/** What is chosen. Absent is what was skipped. */
export interface Choices {
  readonly cliPath: string
  readonly agent: ChosenAgent | undefined
  readonly owner: string | undefined
}

const SYSTEM_PROMPT = "You answer short messages from a phone, in a few sentences."

/** A value as JSON5, its further lines indented by so many spaces. */
const literal = (value: unknown, indent: number): string =>
  JSON5.stringify(value, { space: 2, quote: '"' }).replaceAll("\n", `\n${" ".repeat(indent)}`)

const agentValue = ({ runtime }: ChosenAgent) => ({
  id: "main",
  ...(runtime.type === "echo" ? {} : { systemPrompt: SYSTEM_PROMPT }),
  runtime
})

/** The section `agents`. */
export const agentLines = (agent: ChosenAgent): string =>
  `  agents: {\n    list: [\n      ${literal(agentValue(agent), 6)},\n    ],\n  },`

/** The list `owners`. */
export const ownerLines = (owner: string): string => `  owners: [${literal(owner, 2)}],`

const groups = (owner: string | undefined): string =>
  owner === undefined
    ? `    // In groups it answers nobody, until you name who may ask it: groupPolicy "allowlist", and groupAllowFrom.
    groupPolicy: "disabled",`
    : `    // In groups it answers these people, and only where they mention it: @main.
    groupPolicy: "allowlist",
    groupAllowFrom: [${literal(owner, 4)}],
    groups: { "*": { requireMention: true } },`

/** The whole file. */
export const configText = ({ agent, cliPath, owner }: Choices): string =>
  `// The config of imsg-gateway, written by \`imsg-gateway setup\`. It is yours: setup never changes it again.
// Every key is described in docs/configuration.md; \`imsg-gateway doctor\` checks it,
// \`imsg-gateway config reload\` has a gateway that runs read it.
{
  imessage: {
    // What reads and sends the messages.
    cliPath: ${literal(cliPath, 4)},

    // Who writes for the first time gets a code, and is answered once you approve it:
    // \`imsg-gateway pairing approve imessage CODE\`, or \`/pair CODE\` from your phone.
    dmPolicy: "pairing",

${groups(owner)}
  },

  // Each person has a session of their own: what one says never comes up with another.
  session: { dmScope: "per-channel-peer" },
${
  owner === undefined
    ? "\n  // Your own number or email, to command the gateway from your phone:\n  // owners: [],\n"
    : `\n  // Who may command the gateway from their own chat: /help there says how.\n${ownerLines(owner)}\n`
}
${
  agent === undefined
    ? "  // Nobody answers yet but an echo: docs/agents.md has an agent of each kind.\n"
    : `  // Who answers: ${agent.title.replaceAll("\n", " ")}. Others stand in docs/agents.md;\n  // \`imsg-gateway agent test "hi"\` asks it.\n${agentLines(agent)}\n`
}}
`
