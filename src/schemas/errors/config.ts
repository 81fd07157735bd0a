/** Failures of a config, and of what is not in it. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** One problem of a config file: where (`imessage.dmPolicy`), and what was expected there. */
export class ConfigProblem extends Schema.Class<ConfigProblem>("ConfigProblem")({
  path: Schema.String,
  message: Schema.String
}) {}

/** The config cannot be used. `problems` has one entry for each key that is wrong. */
export class ConfigInvalid extends GatewayError<ConfigInvalid>()("ConfigInvalid", {
  code: "config_invalid",
  fields: { file: Schema.String, problems: Schema.NonEmptyArray(ConfigProblem) },
  message: ({ file, problems }) =>
    problems
      .map(({ message, path }) => (path === "" ? `${file}: ${message}` : `${file}: ${path}: ${message}`))
      .join("\n"),
  hint: "Every key is described in docs/configuration.md; `imsg-gateway config schema` prints a JSON Schema."
}) {}

/**
 * A config that is valid, but changes what only a start can change: of this gateway alone, or of every host of its cluster
 * (`everyHost`), since hosts that have it differently do not work together.
 */
export class ConfigNeedsRestart extends GatewayError<ConfigNeedsRestart>()("ConfigNeedsRestart", {
  code: "config_needs_restart",
  fields: { file: Schema.optional(Schema.String), key: Schema.String, everyHost: Schema.Boolean },
  message: ({ file, key }) =>
    `${file ?? "the config"}: ${key} cannot change while the gateway runs; the old config stays in force`,
  hint: ({ everyHost }) =>
    everyHost
      ? "Stop every host, change it on all of them, and start them; or change it back and reload again."
      : "Restart the gateway to apply it, or change it back and reload again."
}) {}

/** The config has no account of this id. */
export class AccountNotFound extends GatewayError<AccountNotFound>()("AccountNotFound", {
  code: "account_not_found",
  fields: { account: Schema.String, known: Schema.Array(Schema.String) },
  message: ({ account }) => `there is no account ${JSON.stringify(account)}`,
  hint: ({ known }) => `The accounts of the config are: ${known.join(", ")}.`
}) {}

/** The config has no agent of this id. */
export class AgentNotFound extends GatewayError<AgentNotFound>()("AgentNotFound", {
  code: "agent_not_found",
  fields: { agent: Schema.String, known: Schema.Array(Schema.String) },
  message: ({ agent }) => `there is no agent ${JSON.stringify(agent)}`,
  hint: ({ known }) => `The agents of the config are: ${known.join(", ")}.`
}) {}
