/** The end of a delivery: its words go, and the next one of its chat is the first. */
import type { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { makeForgetWords } from "./words.ts"

/** Ends deliveries, within a write of its caller. */
export const makeEnd = (
  database: typeof Database.Service
): ((seq: number, deliveryId: string, now: number) => Step<void>) => {
  const forgetWords = makeForgetWords(database)
  const setEnded = database.prepare<{ readonly account_id: string; readonly chat: string }>(`
    UPDATE outbox SET place = 'ended', ended_at = ?, delivery = '' WHERE seq = ? RETURNING account_id, chat`)
  const moveUp = database.prepare(`
    UPDATE outbox SET place = 'first' WHERE seq = (
      SELECT min(seq) FROM outbox WHERE account_id = ? AND chat = ? AND place <> 'ended')`)

  return function* (seq, deliveryId, now) {
    yield* forgetWords(deliveryId)
    const ended = yield* setEnded.get(now, seq)
    if (ended !== undefined) yield* moveUp.run(ended.account_id, ended.chat)
  }
}
