/** What answers the turns of an agent. */
import { Predicate, Schema } from "effect"
import { type OtherValues, OtherValuesId } from "../values.ts"
import { AcpRuntime } from "./acp.ts"
import { CliRuntime } from "./cli.ts"
import { CommandRuntime, EchoRuntime } from "./command.ts"
import { AnthropicRuntime, OpenaiRuntime } from "./models.ts"
import { WebhookRuntime } from "./webhook.ts"

/** What OpenClaw runs an agent by: nothing that this gateway could. */
const isOtherRuntime: OtherValues = (runtime) =>
  Predicate.isReadonlyRecord(runtime) &&
  (runtime.type === "embedded" || (runtime.type === "acp" && Predicate.isReadonlyRecord(runtime.acp)))

/** The runtimes, by their `type`. */
export const Runtime = Schema.Union(
  EchoRuntime,
  CommandRuntime,
  OpenaiRuntime,
  AnthropicRuntime,
  CliRuntime,
  AcpRuntime,
  WebhookRuntime
).annotations({ [OtherValuesId]: isOtherRuntime })
