/** What an agent may say before its end, as one JSON object a line. */
import { Schema } from "effect"
import { Reply } from "./Turn.ts"

/** A part of the answer, which goes out at once. */
const Say = Schema.Struct({ say: Schema.Union(Schema.String, Reply) })

/** A sign of life, which is no part of the answer. */
const Interim = Schema.Struct({ interim: Schema.String })

/** A line such as `{"say": "…"}`, `{"say": {"text": "…", "media": ["/path"]}}` or `{"interim": "…"}`. */
export const AgentEvent = Schema.Union(Say, Interim)
export type AgentEvent = typeof AgentEvent.Type
