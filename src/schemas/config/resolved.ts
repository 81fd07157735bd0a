/** The config as the rest of the gateway sees it: merged, defaulted, with every path expanded. */
import type { Redacted } from "effect"
import type { People } from "../People.ts"
import type { Target } from "../Target.ts"
import type { ackKeys } from "./ack.ts"
import type { budgetKeys, inboundKeys, interimKeys, loopGuardKeys, memoryKeys } from "./agents.ts"
import type { ClusterSection, RunsOn } from "./cluster.ts"
import type { Group } from "./groups.ts"
import type { accountKeys } from "./imessage.ts"
import type { transcriptionKeys } from "./media.ts"
import type { PermissionsConfig } from "./permissions.ts"
import type { AcpConfig } from "./runtimes/acp.ts"
import type { CliConfig } from "./runtimes/cli.ts"
import type { anthropicKeys, openaiKeys } from "./runtimes/models.ts"
import type { WebhookConfig } from "./runtimes/webhook.ts"
import type { Settled } from "./section.ts"
import type { DmScope } from "./session.ts"

/** What a program is given beside the few variables that every program gets; `passEnv` are names, and `NAME*`. */
export interface EnvironmentConfig {
  readonly env: { readonly [name: string]: string }
  readonly passEnv: ReadonlyArray<string>
}

/** What answers the turns of an agent. `timeoutMs` is the time that one turn may take. */
export type AgentRuntime =
  | { readonly type: "echo" }
  | ({
      readonly type: "command"
      readonly command: readonly [string, ...Array<string>]
      readonly format: "text" | "json"
      readonly timeoutMs: number
      readonly cwd?: string
    } & EnvironmentConfig)
  | OpenaiConfig
  | AnthropicConfig
  | CliConfig
  | AcpConfig
  | WebhookConfig

/** A server that speaks as OpenAI's does. `baseUrl` has no slash at its end. */
export type OpenaiConfig = {
  readonly type: "openai"
  readonly baseUrl: string
  readonly model: string
  readonly apiKey?: Redacted.Redacted<string>
} & Settled<typeof openaiKeys>

/** A model of Anthropic's. `baseUrl` has no slash at its end. */
export type AnthropicConfig = {
  readonly type: "anthropic"
  readonly model: string
  readonly apiKey: Redacted.Redacted<string>
} & Settled<typeof anthropicKeys>

/** What an agent remembers of what was said before. */
export type MemoryConfig = Required<Settled<typeof memoryKeys>>

/**
 * One agent. `mentionPatterns` is absent where neither the agent nor `messages.groupChat` has any, `model` where
 * neither the agent nor `agents.defaults` names one.
 */
export interface AgentConfig {
  readonly id: string
  readonly name?: string
  readonly isDefault: boolean
  readonly model?: string
  readonly mentionPatterns?: ReadonlyArray<string>
  readonly runtime: AgentRuntime
  readonly systemPrompt?: string
  /** Absent where the agent remembers nothing, or does so itself. */
  readonly memory?: MemoryConfig
  /** Absent where the agent asks for no leave. */
  readonly permissions?: PermissionsConfig
  readonly markdown: "plain" | "styled" | "keep"
  readonly mediaRoots: ReadonlyArray<string>
  readonly mediaHosts: ReadonlyArray<string>
  /** What becomes of a reaction that it hears of. */
  readonly onReaction: "context" | "turn"
  readonly maxParts: number
  /** Whether it may change the groups of its turns. */
  readonly groupActions: boolean
  /** The hosts of a cluster that may run its turns, the preferred one first; absent where any may. */
  readonly runsOn?: RunsOn
}

/** Where a host is reached; an IPv6 address is without its brackets. */
export interface HostAddress {
  readonly host: string
  readonly port: number
}

/** The hosts that carry the gateway together, as one of them sees it: `name`, `address` and `listen` are its own. */
export interface ClusterConfig extends Omit<ClusterSection, "address" | "listen"> {
  readonly address: HostAddress
  readonly listen: HostAddress
}

/** Who writes down what is said in voice notes. `baseUrl` has no slash at its end. */
export type TranscriptionConfig = Settled<typeof transcriptionKeys> & {
  readonly baseUrl: string
  readonly model: string
}

/** What a person (`turns`) and a chat (`parts`) may cost within 24 hours; 0 for any number. */
export type BudgetConfig = Settled<typeof budgetKeys>

/** What is set for one group, or for all of them under `"*"`. */
export type GroupConfig = typeof Group.Type

/** A binding as it holds for one account; without a `peer` it is for everyone. `target` is read by the region. */
export interface BindingConfig {
  readonly agentId: string
  readonly peer?: { readonly kind: "direct" | "group"; readonly target: Target }
}

type AccountKeys = Settled<typeof accountKeys>

/**
 * An account before it has its bindings: the options of `imessage` with those of the account over them. `groups` are
 * by the one spelling of their keys (see `groupKey`). `remoteAttachmentRoots` have `~` as it was written: over SSH it
 * is the home folder of the other side.
 */
export interface AccountSettings
  extends Omit<AccountKeys, "catchup" | "streaming" | "remoteAttachmentRoots"> {
  readonly id: string
  readonly remoteAttachmentRoots: ReadonlyArray<string>
}

/** One account. `bindings` are those that hold for it, the most specific first. */
export interface AccountConfig extends AccountSettings {
  readonly bindings: ReadonlyArray<BindingConfig>
}

/** Who may write to the gateway directly. */
export type DmPolicy = AccountConfig["dmPolicy"]

/** Who may trigger an agent in a group. */
export type GroupPolicy = AccountConfig["groupPolicy"]

/**
 * The whole config. `accounts` holds the disabled ones too; `warnings` are for the log at start; `writtenSecrets` are
 * the keys whose secret stands in the file itself, and not in the environment.
 */
export interface GatewayConfig {
  readonly file?: string
  readonly stateDir: string
  readonly accounts: ReadonlyArray<AccountConfig>
  /** The account of commands that name none. */
  readonly defaultAccount?: string
  readonly agents: {
    readonly list: readonly [AgentConfig, ...Array<AgentConfig>]
    readonly maxConcurrent: number
  }
  readonly messages: {
    readonly responsePrefix?: string
    readonly inbound: Settled<typeof inboundKeys>
    readonly loopGuard: Settled<typeof loopGuardKeys>
    readonly budget: BudgetConfig
    readonly commands: boolean
    readonly ack: Settled<typeof ackKeys>
    /** Absent for none. */
    readonly interim?: Settled<typeof interimKeys>
    readonly failureNotice?: string
  }
  /** `dmScope` is absent where nobody has chosen one, and `main` then. */
  readonly session: { readonly dmScope?: DmScope }
  readonly people: People
  /** Handles, normalised, of who may command the gateway from their own direct chat. */
  readonly owners: ReadonlyArray<string>
  readonly media: { readonly transcription?: TranscriptionConfig }
  readonly retention: { readonly days: number }
  readonly shutdownMs: number
  /** Absent where this host is the only one. */
  readonly cluster?: ClusterConfig
  readonly control: {
    readonly http?: {
      readonly port: number
      readonly host: string
      readonly token?: Redacted.Redacted<string>
    }
  }
  readonly warnings: ReadonlyArray<string>
  readonly writtenSecrets: ReadonlyArray<string>
}
