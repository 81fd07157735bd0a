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

/** What was found. `models` by the address of the server that has them, `programs` are paths by the name of a preset. */
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

/** The programs that are looked for, by their preset. */
export const programNames: ReadonlyArray<string> = Object.values(PRESETS).map(
  ({ command: [program] }) => program
)

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

/** Models of this machine first, then what has a key, then programs; the echo is always there, and last. */
export const offersOf = (found: Found): ReadonlyArray<Offer> => [
  ...ofServers(found),
  ...ofKeys(found),
  ...ofPrograms(found),
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
