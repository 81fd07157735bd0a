/** Whether something that was done, and whose result was lost, shows in the database. */
import { Effect } from "effect"
import type { Act } from "../../../schemas/Act.ts"
import { isSameText } from "../../../schemas/fingerprint.ts"
import { isSameGuid } from "../../../schemas/guids.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { isSameTapback } from "../../../schemas/tapback.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { chatRows } from "../chatdb/recentRows.ts"
import { Sight } from "./part.ts"

/** How far back the message is looked for that something was done to: people and agents react to what is new. */
const DEPTH = 200

const NO_TRACE = "imsg shows no trace of it"

/** A message that is not among the newest, or is shown as it was before, tells nothing: imsg shows few changes. */
type Trace = "done" | "not done" | "unknown"

const DONE = { true: "done", false: "not done" } as const

const ofReaction = (
  { reaction, remove = false }: Extract<Act, { readonly _tag: "React" }>,
  { reactions }: ImsgMessage
): Trace => {
  // Builds that show no tapbacks of a message are no witness of one that is missing.
  if (reactions === undefined) return "unknown"
  const isThere = reactions.some(
    ({ emoji, is_from_me, type }) =>
      is_from_me === true && [type, emoji].some((name) => name !== undefined && isSameTapback(name, reaction))
  )
  return DONE[`${isThere !== remove}`]
}

/** What the message that an act was done to shows of it. */
export const traceOf = (act: Act, message: ImsgMessage): Trace => {
  switch (act._tag) {
    case "React":
      return ofReaction(act, message)
    case "Edit":
      return isSameText(message.text ?? "", act.text) ? "done" : "unknown"
    default:
      return "unknown"
  }
}

/** Looks once for the message that an act was done to. With `isLast` what shows nothing of it tells what can be told. */
export const lookForAct = (
  session: ImsgSession,
  act: Act,
  chatIds: ReadonlyArray<number>,
  { isLast, requestTimeoutMs }: { readonly isLast: boolean; readonly requestTimeoutMs: number }
): Effect.Effect<Sight, RequestError> =>
  Effect.gen(function* () {
    const guid = "guid" in act ? act.guid : undefined
    if (guid === undefined) return Sight.Unknowable({ why: NO_TRACE })
    for (const chatId of chatIds) {
      const asked = { chatId, messages: DEPTH, attachments: false }
      const rows = yield* chatRows(session, asked, requestTimeoutMs)
      const message = rows._tag === "Some" ? rows.value.find((row) => isSameGuid(row.guid, guid)) : undefined
      if (message === undefined) continue
      const trace = traceOf(act, message)
      if (trace === "done") return Sight.Done()
      if (!isLast) return Sight.NotYet()
      return trace === "not done" ? Sight.Absent() : Sight.Unknowable({ why: NO_TRACE })
    }
    return isLast ? Sight.Unknowable({ why: NO_TRACE }) : Sight.NotYet()
  })
