/** What people look up of chats: through the children that run, and what was decided of their messages. */
import { HttpApiBuilder } from "@effect/platform"
import { Clock, Duration, Effect, Option } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { AccountNotRunning } from "../../schemas/errors/control.ts"
import { isAdmin } from "../../schemas/Grant.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { Children } from "../../services/Children.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { Decisions } from "../../services/Decisions.ts"
import { readHistory, readRows } from "../chats/History.ts"
import { listChats } from "../chats/Listed.ts"
import { toldRows } from "../chats/told.ts"
import { chooseAccount } from "../sending/chooseAccount.ts"
import { told } from "./failures.ts"
import { makeNoteReading } from "./readings.ts"

const LIMIT = 20
const HOURS = 24
const SPANS = 96

const accountOf = (named: string | undefined) =>
  Effect.flatMap(currentConfig, (config) => chooseAccount(config, Option.fromNullable(named)))

/** An account, and its child. */
const childOf = (named: string | undefined) =>
  Effect.gen(function* () {
    const account = yield* accountOf(named)
    const session = yield* (yield* Children).of(account.id)
    if (Option.isNone(session)) return yield* new AccountNotRunning({ account: account.id })
    return { account, session: session.value, timeoutMs: account.supervision.requestTimeoutMs }
  })

export const chats = HttpApiBuilder.group(ControlApi, "chats", (handlers) =>
  Effect.map(
    Effect.all({ noteReading: makeNoteReading, decisions: Decisions }),
    ({ decisions, noteReading }) =>
      handlers
        .handle("chats", ({ urlParams: { account: named, limit = LIMIT } }) =>
          told(
            Effect.gen(function* () {
              const { account, session, timeoutMs } = yield* childOf(named)
              const found = yield* listChats(session, { limit, timeoutMs })
              return found.map((chat) => ({ accountId: account.id, ...chat }))
            })
          )
        )
        .handle("history", ({ path: { chat }, urlParams: { account: named, limit = LIMIT } }) =>
          told(
            Effect.gen(function* () {
              const { account, session, timeoutMs } = yield* childOf(named)
              yield* noteReading({ _tag: "HistoryRead", accountId: account.id, chatId: chat })
              const wanted = { chatId: chat, limit, timeoutMs }
              return isAdmin(yield* AskedWith)
                ? yield* readHistory(session, wanted)
                : yield* Effect.flatMap(readRows(session, wanted), toldRows)
            })
          )
        )
        .handle("decisions", ({ urlParams: { account: named, chat, limit = LIMIT } }) =>
          told(
            Effect.flatMap(accountOf(named), ({ id }) =>
              decisions.last({ accountId: id, chatId: chat, limit })
            )
          )
        )
        .handle("figures", ({ urlParams: { hours = HOURS, spans = SPANS } }) =>
          told(
            Effect.flatMap(Clock.currentTimeMillis, (until) => {
              const ms = Duration.toMillis(Duration.hours(hours))
              return decisions.figures({ since: until - ms, until, spanMs: Math.ceil(ms / spans) })
            })
          )
        )
  )
)
