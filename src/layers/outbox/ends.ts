/** The end of a delivery: its words go, and the next one of its chat is the first. */
import type { Database } from "../database/Database.ts"
import { makeForgetWords } from "./words.ts"

/** Ends deliveries, within a write of its caller. */
export const makeEnd = (database: typeof Database.Service) => {
  const forgetWords = makeForgetWords(database)
  const setEnded = database.prepare<{ readonly account_id: string; readonly chat: string }>(`
    UPDATE outbox SET place = 'ended', ended_at = ?, delivery = '' WHERE seq = ? RETURNING account_id, chat`)
  const moveUp = database.prepare(`
    UPDATE outbox SET place = 'first' WHERE seq = (
      SELECT min(seq) FROM outbox WHERE account_id = ? AND chat = ? AND place <> 'ended')`)

  return (seq: number, deliveryId: string, now: number): void => {
    forgetWords(deliveryId)
    const ended = setEnded.get(now, seq)
    if (ended !== undefined) moveUp.run(ended.account_id, ended.chat)
  }
}
