/** Failures of a config, and of what is not in it. */
import { Schema } from "effect"

/** One problem of a config file: where (`imessage.dmPolicy`), and what was expected there. */
export class ConfigProblem extends Schema.Class<ConfigProblem>("ConfigProblem")({
  path: Schema.String,
  message: Schema.String
}) {}

/** The config cannot be used. `problems` has one entry for each key that is wrong. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  file: Schema.String,
  problems: Schema.NonEmptyArray(ConfigProblem)
}) {
  readonly code = "config_invalid"
  override get message(): string {
    return this.problems
      .map(({ message, path }) =>
        path === "" ? `${this.file}: ${message}` : `${this.file}: ${path}: ${message}`
      )
      .join("\n")
  }
  get hint(): string {
    return "Every key is described in docs/configuration.md; `imsg-gateway config schema` prints a JSON Schema."
  }
}

/** A config that is valid, but changes what only a start can change. */
export class ConfigNeedsRestart extends Schema.TaggedError<ConfigNeedsRestart>()("ConfigNeedsRestart", {
  file: Schema.optional(Schema.String),
  key: Schema.String
}) {
  readonly code = "config_needs_restart"
  override get message(): string {
    return `${this.file ?? "the config"}: ${this.key} cannot change while the gateway runs; the old config stays in force`
  }
  get hint(): string {
    return "Restart the gateway to apply it, or change it back and reload again."
  }
}

/** The config has no account of this id. */
export class AccountNotFound extends Schema.TaggedError<AccountNotFound>()("AccountNotFound", {
  account: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  readonly code = "account_not_found"
  override get message(): string {
    return `there is no account ${JSON.stringify(this.account)}`
  }
  get hint(): string {
    return `The accounts of the config are: ${this.known.join(", ")}.`
  }
}
