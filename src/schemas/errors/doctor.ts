/** How `doctor`, `chats` and `history` refuse. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** Doctor found what keeps the gateway from its work. */
export class ChecksFailed extends GatewayError<ChecksFailed>()("ChecksFailed", {
  code: "checks_failed",
  fields: { failed: Schema.NonEmptyArray(Schema.String) },
  message: ({ failed }) =>
    `${failed.length === 1 ? "a check" : `${failed.length} checks`} failed: ${failed.join(", ")}`,
  hint: "What to do stands with each of them."
}) {}

/** Something is done through one account, and it is not said through which. `enabled` has their ids. */
export class AccountNotChosen extends GatewayError<AccountNotChosen>()("AccountNotChosen", {
  code: "account_not_chosen",
  fields: { enabled: Schema.Array(Schema.String) },
  message: ({ enabled }) =>
    enabled.length === 0 ? "no account is enabled" : `there are several accounts: ${enabled.join(", ")}`,
  hint: ({ enabled }) =>
    enabled.length === 0
      ? "Enable one in the config, or name a disabled one with --account."
      : "Name one with --account, or for all such commands as imessage.defaultAccount in the config."
}) {}
