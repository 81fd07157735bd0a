/** How `doctor`, `chats` and `history` refuse. */
import { Schema } from "effect"

/** Doctor found what keeps the gateway from its work. */
export class ChecksFailed extends Schema.TaggedError<ChecksFailed>()("ChecksFailed", {
  failed: Schema.NonEmptyArray(Schema.String)
}) {
  readonly code = "checks_failed"
  override get message(): string {
    return `${this.failed.length === 1 ? "a check" : `${this.failed.length} checks`} failed: ${this.failed.join(", ")}`
  }
  get hint(): string {
    return "What to do stands with each of them."
  }
}

/** Something is done through one account, and it is not said through which. `enabled` has their ids. */
export class AccountNotChosen extends Schema.TaggedError<AccountNotChosen>()("AccountNotChosen", {
  enabled: Schema.Array(Schema.String)
}) {
  readonly code = "account_not_chosen"
  override get message(): string {
    return this.enabled.length === 0
      ? "no account is enabled"
      : `there are several accounts: ${this.enabled.join(", ")}`
  }
  get hint(): string {
    return this.enabled.length === 0
      ? "Enable one in the config, or name a disabled one with --account."
      : "Name one with --account, or for all such commands as imessage.defaultAccount in the config."
  }
}
