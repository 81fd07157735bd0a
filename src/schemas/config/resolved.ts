/** The config as the rest of the gateway sees it: merged, defaulted, with every path expanded. */
import type { Redacted } from "effect"
import type { People } from "../People.ts"
import type { MessageService, Target } from "../Target.ts"
import type { DmScope } from "./session.ts"

/** Who may write to the gateway directly: see `imessage.dmPolicy`. */
export type DmPolicy = "pairing" | "allowlist" | "open" | "disabled"

/** Who may trigger an agent in a group: see `imessage.groupPolicy`. */
export type GroupPolicy = "open" | "allowlist" | "disabled"

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
  readonly mediaRoots: ReadonlyArray<string>
  readonly mediaHosts: ReadonlyArray<string>
  readonly maxParts: number
}

/** What a person (`turns`) and a chat (`parts`) may cost within 24 hours; 0 for any number. */
export interface BudgetConfig {
  readonly turns: number
  readonly parts: number
}

/** What is set for one group, or for all of them under `"*"`. */
export interface GroupConfig {
  readonly requireMention?: boolean
  readonly historyLimit?: number
  readonly systemPrompt?: string
  readonly agentId?: string
}

/** When a child is given up on and started again. Times in ms. */
export interface SupervisionConfig {
  readonly heartbeatMs: number
  readonly heartbeatTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly sendTimeoutMs: number
  readonly startTimeoutMs: number
  readonly stallMs: number
  readonly backoff: {
    readonly baseMs: number
    readonly factor: number
    readonly maxMs: number
    readonly resetAfterMs: number
  }
}

/** A binding as it holds for one account; without a `peer` it is for everyone. `target` is read by the region. */
export interface BindingConfig {
  readonly agentId: string
  readonly peer?: { readonly kind: "direct" | "group"; readonly target: Target }
}

/**
 * One account: the options of `imessage` with those of the account over them. `mediaMaxMb` is in MB. `bindings`
 * are those that hold for it, the most specific first.
 */
export interface AccountConfig extends EnvironmentConfig {
  readonly id: string
  readonly name?: string
  readonly enabled: boolean
  readonly cliPath: string
  readonly dbPath?: string
  readonly service: "imessage" | "sms" | "auto"
  readonly services: ReadonlyArray<MessageService>
  readonly region: string
  readonly dmPolicy: DmPolicy
  readonly allowFrom: ReadonlyArray<string>
  readonly groupPolicy: GroupPolicy
  readonly groupAllowFrom?: ReadonlyArray<string>
  readonly historyLimit: number
  /** By the one spelling of their keys: see `groupKey`. */
  readonly groups: { readonly [key: string]: GroupConfig }
  readonly includeAttachments: boolean
  readonly mediaMaxMb: number
  readonly textChunkLimit: number
  readonly chunkMode: "length" | "newline"
  /** Takes the place of `messages.responsePrefix`; empty for none. */
  readonly responsePrefix?: string
  /** Whose quoted words an agent is shown: of those who are let in, or of everybody. */
  readonly contextVisibility: "allowlist" | "all" | "allowlist_quote"
  readonly remoteHost?: string
  readonly attachmentRoots: ReadonlyArray<string>
  /** The same with `~` as it was written: over SSH it is the home folder of the other side. */
  readonly remoteAttachmentRoots: ReadonlyArray<string>
  readonly supervision: SupervisionConfig
  readonly catchUp: { readonly maxAgeMs: number; readonly maxRows: number }
  readonly inbox: { readonly pollMs: number; readonly ripenMs: number }
  readonly delivery: { readonly settleMs: number; readonly ttlMs: number }
  readonly pairing: {
    readonly ttlMs: number
    readonly maxPending: number
    readonly message: string
    readonly approvedMessage: string
  }
  readonly bindings: ReadonlyArray<BindingConfig>
}

/** An account before it has its bindings. */
export type AccountSettings = Omit<AccountConfig, "bindings">

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
    readonly inbound: { readonly debounceMs: number }
    readonly loopGuard: { readonly maxPerMinute: number; readonly mirrors: number }
    readonly budget: BudgetConfig
  }
  /** `dmScope` is absent where nobody has chosen one, and `main` then. */
  readonly session: { readonly dmScope?: DmScope }
  readonly people: People
  readonly retention: { readonly days: number }
  readonly shutdownMs: number
  readonly control: {
    readonly http?: {
      readonly port: number
      readonly host: string
      readonly token: Redacted.Redacted<string>
    }
  }
  readonly warnings: ReadonlyArray<string>
  readonly writtenSecrets: ReadonlyArray<string>
}
