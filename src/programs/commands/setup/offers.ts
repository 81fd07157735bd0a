/** Which agents can be offered, by what was found on this machine. Pure; the first is what is taken where nobody chooses. */
import { PRESETS, type PresetName } from "../../../schemas/config/runtimes/presets.ts"

/** An agent that could be written into the config. */
export interface Offer {
  /** What `--agent` calls it. */
  readonly name: string
  readonly title: string
  /** The models to choose from, where the server has a list. */
  readonly models: ReadonlyArray<string>
  /** The model that is taken where nobody chooses; absent where the agent has none to choose. */
  readonly usualModel?: string
  /** The agent's `runtime`, but for its model. A key is only ever `${NAME}`. */
  readonly runtime: { readonly [key: string]: unknown }
}

/** What was found. `models` by the address of the server that has them, `programs` are paths by the name of the program. */
export interface Found {
  readonly models: ReadonlyMap<string, ReadonlyArray<string>>
  readonly env: { readonly [name: string]: string | undefined }
  readonly programs: ReadonlyMap<string, string>
}

const OLLAMA = "http://localhost:11434"
const LM_STUDIO = "http://localhost:1234"

/** `OLLAMA_HOST` as people write it: `host`, `host:port`, or an address; also what a server listens on. */
export const ollamaBase = (host: string | undefined): string => {
  if (host === undefined || host.trim() === "") return OLLAMA
  const written = /^https?:\/\//u.test(host) ? host : `http://${host}`
  if (!URL.canParse(written)) return OLLAMA
  const url = new URL(written)
  if (url.hostname === "0.0.0.0") url.hostname = "localhost"
  if (url.port === "" && !/:\d+\/?$/u.test(written)) url.port = "11434"
  return url.origin
}

/** The servers of this machine that are asked which models they have. */
export const localServers = (env: Found["env"]) => [
  { name: "ollama", title: "Ollama", baseUrl: `${ollamaBase(env.OLLAMA_HOST)}/v1` },
  { name: "lmstudio", title: "LM Studio", baseUrl: `${LM_STUDIO}/v1` }
]

/** Services that want a key, by the variable that has it. The models are those of docs/agents.md. */
const SERVICES = [
  {
    name: "openai",
    title: "OpenAI",
    variable: "OPENAI_API_KEY",
    model: "gpt-5-mini",
    runtime: { type: "openai", baseUrl: "https://api.openai.com/v1", images: true }
  },
  {
    name: "anthropic",
    title: "Anthropic",
    variable: "ANTHROPIC_API_KEY",
    model: "claude-sonnet-4-5",
    runtime: { type: "anthropic" }
  },
  {
    name: "openrouter",
    title: "OpenRouter",
    variable: "OPENROUTER_API_KEY",
    model: "mistralai/mistral-small-3.2-24b-instruct",
    runtime: { type: "openai", baseUrl: "https://openrouter.ai/api/v1" }
  }
] as const

const PROGRAMS: { readonly [name in PresetName]: string } = {
  claude: "Claude Code",
  codex: "Codex",
  gemini: "Gemini",
  opencode: "OpenCode"
}

/** An agent of the Agent Client Protocol: how it is started, and what it must be told so that it asks for leave at all. */
interface AcpAgent {
  readonly name: string
  readonly title: string
  readonly command: readonly [string, ...Array<string>]
  readonly env?: { readonly [name: string]: string }
}

/** Those of docs/agents.md. Where a preset has the name already, this one says by what it speaks. */
const ACP_AGENTS: ReadonlyArray<AcpAgent> = [
  { name: "claude-acp", title: "Claude Code", command: ["claude-agent-acp"] },
  { name: "codex-acp", title: "Codex", command: ["codex-acp"] },
  { name: "gemini-acp", title: "Gemini", command: ["gemini", "--acp"] },
  {
    name: "opencode-acp",
    title: "OpenCode",
    command: ["opencode", "acp"],
    env: { OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask","external_directory":"ask"}' }
  },
  { name: "goose", title: "Goose", command: ["goose", "acp"], env: { GOOSE_MODE: "approve" } },
  { name: "cursor", title: "Cursor", command: ["cursor-agent", "acp"] },
  { name: "copilot", title: "Copilot", command: ["copilot", "--acp", "--stdio"] },
  { name: "qwen", title: "Qwen Code", command: ["qwen", "--acp"] },
  { name: "kimi", title: "Kimi", command: ["kimi", "acp"] }
]

/** The programs that are looked for. */
export const programNames: ReadonlyArray<string> = [
  ...new Set([...Object.values(PRESETS), ...ACP_AGENTS].map(({ command: [program] }) => program))
]

/** Models that answer nobody. */
const isForSearch = (model: string): boolean => /embed|rerank|\bbge\b|minilm/iu.test(model)

const ECHO: Offer = {
  name: "echo",
  title: "An echo, to try Messages out; an agent can be chosen later",
  models: [],
  runtime: { type: "echo" }
}

const ofServers = ({ env, models }: Found): ReadonlyArray<Offer> =>
  localServers(env).flatMap(({ baseUrl, name, title }) => {
    const known = (models.get(baseUrl) ?? []).filter((model) => !isForSearch(model))
    const [usualModel] = known
    return usualModel === undefined
      ? []
      : [
          {
            name,
            title: `${title}, on this machine (${known.length === 1 ? usualModel : `${known.length} models`})`,
            models: known,
            usualModel,
            runtime: { type: "openai", baseUrl }
          }
        ]
  })

const ofKeys = ({ env }: Found): ReadonlyArray<Offer> =>
  SERVICES.flatMap(({ model, name, runtime, title, variable }) =>
    (env[variable] ?? "").trim() === ""
      ? []
      : [
          {
            name,
            title: `${title}, with the key in $${variable}`,
            models: [],
            usualModel: model,
            runtime: { ...runtime, apiKey: `\${${variable}}` }
          }
        ]
  )

const ofPrograms = ({ programs }: Found): ReadonlyArray<Offer> =>
  Object.entries(PROGRAMS).flatMap(([preset, title]) => {
    const path = programs.get(preset)
    return path === undefined
      ? []
      : [
          {
            name: preset,
            title: `${title} (${path})`,
            models: [],
            // With its path: a service has another PATH than a terminal.
            runtime: { type: "cli", preset, command: [path] }
          }
        ]
  })

const ofAcp = ({ programs }: Found): ReadonlyArray<Offer> =>
  ACP_AGENTS.flatMap(({ command: [program, ...args], env, name, title }) => {
    const path = programs.get(program)
    return path === undefined
      ? []
      : [
          {
            name,
            title: `${title}, by the Agent Client Protocol (${path})`,
            models: [],
            runtime: {
              type: "acp",
              command: [path, ...args],
              ...(env === undefined ? {} : { env }),
              // Said although it is the default: here its owner finds what to change.
              permissions: { default: "deny" }
            }
          }
        ]
  })

/**
 * Models of this machine first, then what has a key, then programs, those that a turn starts before those that run on; the
 * echo is always there, and last.
 */
export const offersOf = (found: Found): ReadonlyArray<Offer> => [
  ...ofServers(found),
  ...ofKeys(found),
  ...ofPrograms(found),
  ...ofAcp(found),
  ECHO
]

/** An offer by `NAME` or `NAME:MODEL`. Models may have colons of their own. */
export const offerNamed = (
  offers: ReadonlyArray<Offer>,
  wanted: string
): { readonly offer: Offer; readonly model: string | undefined } | undefined => {
  const [name = "", ...model] = wanted.split(":")
  const offer = offers.find((one) => one.name === name.trim().toLowerCase())
  if (offer === undefined) return undefined
  return { offer, model: model.length === 0 ? offer.usualModel : model.join(":") }
}
