/** Which way a runtime's server is spoken to. */
import type { AnthropicConfig, OpenaiConfig } from "../../../schemas/config/resolved.ts"
import { anthropic } from "./anthropic.ts"
import { chat } from "./chat.ts"
import type { Dialect } from "./Dialect.ts"
import { responses } from "./responses.ts"

/** The runtimes that ask a model. */
export type ModelRuntime = OpenaiConfig | AnthropicConfig

export const dialectOf = (runtime: ModelRuntime): Dialect => {
  if (runtime.type === "anthropic") return anthropic(runtime)
  return runtime.api === "responses" ? responses(runtime) : chat(runtime)
}
