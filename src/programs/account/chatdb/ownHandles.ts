/** Asks a child which handles are the account's own, beside what its rows tell. */
import { Effect, Schedule } from "effect"
import { Methods } from "../../../schemas/ImsgProtocol.ts"
import { Echoes } from "../../../services/Echoes.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import { stored } from "../../effects/stored.ts"
import type { AccountContext } from "../AccountContext.ts"

/** Chats that are asked for, those with the newest messages: an old one may be of another account. */
const CHATS = 50
/** After the start, which it must not delay; and again, since what chats tell is believed for a day. */
const FIRST_AFTER = "2 seconds"
const EVERY = "1 hour"

/** Asks for as long as the child runs. A look that fails is made up for by the next. */
export const learnOwnHandles = (
  { account }: AccountContext,
  session: ImsgSession
): Effect.Effect<void, never, Echoes> =>
  Effect.gen(function* () {
    const echoes = yield* Echoes
    const { chats } = yield* session.request(
      Methods.chatsList,
      { limit: CHATS },
      account.supervision.requestTimeoutMs
    )
    yield* stored(echoes.learnFromChats(account.id, chats.readable))
  }).pipe(
    // Builds that answer one request at a time are not asked while a send takes its time.
    Effect.unlessEffect(session.build.concurrentReads ? Effect.succeed(false) : session.isMutating),
    Effect.ignore,
    Effect.delay(FIRST_AFTER),
    Effect.repeat(Schedule.spaced(EVERY)),
    Effect.asVoid
  )
