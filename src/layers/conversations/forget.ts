/** The end of what is remembered of somebody, within the write that lets them go. */
import type { ConversationKey } from "../../schemas/Conversation.ts"
import type { Database } from "../database/Database.ts"
import { forEach, map, type Step } from "../database/Step.ts"

interface EndedRow {
  readonly agent_id: string
  readonly kind: ConversationKey["kind"]
  readonly whose: string
}

/** Ends every conversation that holds the words of one of the handles, and answers which those were. */
export const makeForget = (
  database: typeof Database.Service
): ((handles: ReadonlyArray<string>) => Step<ReadonlyArray<ConversationKey>>) => {
  const end = database.prepare<EndedRow>(`
    DELETE FROM conversations WHERE number IN (
      SELECT conversation FROM conversation_handles WHERE handle = ?)
    RETURNING agent_id, kind, whose`)
  return (handles) =>
    map(
      forEach(handles, (handle) => end.all(handle)),
      (ended) => ended.flat().map(({ agent_id, kind, whose }) => ({ agentId: agent_id, kind, of: whose }))
    )
}
