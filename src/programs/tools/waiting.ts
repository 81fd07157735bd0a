/** `wait_for_messages`: what others write, as soon as it is there. */
import { Effect, Option, Queue, Ref, Stream } from "effect"
import { WAITING } from "../../schemas/Fate.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import type { ToolInput } from "../../schemas/toolInputs.ts"
import { Accounts } from "../../services/Accounts.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { Decisions } from "../../services/Decisions.ts"
import { runsElsewhere } from "../../services/Hosts.ts"
import { toldRows } from "../chats/told.ts"
import { listenEverywhere } from "../effects/listenEverywhere.ts"
import { fitted } from "./fitted.ts"
import { isSettled, type Known, NO_MESSAGE, rowsAfter, settledOf } from "./newRows.ts"
import { askedOf, childOf } from "./reach.ts"
import { noteChats } from "./reading.ts"
import { messageShown } from "./shown.ts"
import { makeSight, type Sight } from "./sight.ts"
import { Toolbox } from "./Toolbox.ts"

const WAIT_MS = 30_000
/** Decisions that are looked at for what was judged before somebody listened. */
const DECISIONS = 100
/** When it is looked again for what a row is that was judged in the moment before somebody listened. */
const AGAIN = "250 millis"
/** When it is looked again at an account of another host of which nothing was heard. */
const ELSEWHERE_AGAIN = "2 seconds"
/** Pages that are looked through at a time for what may be seen, and for what is of one chat. */
const PAGES = 10

/** Listens to what is judged of an account, from when this is done until the scope closes. */
const listenTo = (accountId: string) =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const decisions = yield* Decisions
    const heard = new Map<number, string>()
    const news = yield* Queue.sliding<void>(1)
    const events = yield* listenEverywhere({ bodies: false })
    yield* events.pipe(
      Stream.runForEach(({ event }) => {
        if (event._tag !== "MessageJudged" || event.accountId !== accountId) return Effect.void
        heard.set(event.rowId, event.fate)
        return NO_MESSAGE.has(event.fate) ? Effect.void : Queue.offer(news, undefined)
      }),
      Effect.forkScoped
    )
    const last = decisions.last({ accountId, limit: DECISIONS })
    /** Up to where the account has come. */
    const position = Effect.map(accounts.get(accountId), (status) =>
      Option.match(status, { onNone: () => 0, onSome: ({ cursor = 0 }) => cursor })
    )
    const known = Effect.map(
      // First up to where it has come: what is decided by then is among the decisions.
      Effect.flatMap(position, (position) => Effect.map(last, (all) => ({ all, position }))),
      ({ all, position }): Known => ({
        position,
        heard,
        decided: new Map(all.map(({ fate, guid }) => [guid, fate]))
      })
    )
    // What happens on another host may be missed.
    const again = (yield* runsElsewhere(accountId)) ? Effect.sleep(ELSEWHERE_AGAIN) : Effect.never
    return { known, last, position, news: Effect.raceFirst(Queue.take(news), again) }
  })

/** What is new from now on: what comes after a row, and what is before it and was not judged yet. */
const fromNowOn = ({ last, position }: Effect.Effect.Success<ReturnType<typeof listenTo>>) =>
  Effect.gen(function* () {
    const from = yield* position
    const waiting = (yield* last).filter(({ fate, rowId }) => fate === WAITING && rowId <= from)
    const late = new Set(waiting.map(({ rowId }) => rowId))
    return {
      after: Math.min(from, ...[...late].map((rowId) => rowId - 1)),
      isNew: ({ id }: ImsgMessage) => id > from || late.has(id)
    }
  })

/** The row up to which all was looked at, that which is waited for, and whether there is more. */
interface Place {
  readonly after: number
  readonly held: ImsgMessage | undefined
  readonly goesOn: boolean
}

const NOTHING: ReadonlyArray<ImsgMessage> = []

interface Wanted {
  readonly chatId: number | undefined
  readonly after: number | undefined
}

/** Those that may be seen. */
const seenOf = (sight: Sight, rows: ReadonlyArray<ImsgMessage>) =>
  Effect.filter(rows, (row) =>
    sight.chat({ chatId: row.chat_id ?? 0 }).pipe(
      Effect.flatMap((chat) => sight.shows(chat, row)),
      Effect.catchTag("ChatNotGranted", "ChatNotFound", () => Effect.succeed(false))
    )
  )

/** Looks at what came after the row that was looked at last, again and again. */
const makeLook = (asked: Effect.Effect.Success<ReturnType<typeof askedOf>>, { chatId, after }: Wanted) =>
  Effect.gen(function* () {
    const { account, reach } = asked
    // Before anything is read: what comes meanwhile is heard.
    const judged = yield* listenTo(account.id)
    const begin = after === undefined ? yield* fromNowOn(judged) : { after, isNew: () => true }
    const at = yield* Ref.make<Place>({ after: begin.after, held: undefined, goesOn: false })
    const only = chatId ?? (reach._tag === "Only" ? reach.only.chatId : undefined)

    const step = Effect.gen(function* () {
      // Another child may have come meanwhile.
      const session = yield* childOf(account.id)
      const sight = yield* makeSight(account, session, reach)
      const before = yield* Ref.get(at)
      const page = yield* rowsAfter(session, before.after, account.supervision.requestTimeoutMs)
      const { goesOn, held, messages, until } = settledOf(page, yield* judged.known, only)
      const found = messages.filter(begin.isNew)
      const seen = reach._tag === "Every" ? found : yield* seenOf(sight, found)
      // What was found is not passed before it is answered: the time may be over in this moment.
      if (seen.length === 0) yield* Ref.set(at, { after: until, held, goesOn })
      return { goesOn, rows: seen, until }
    })

    return {
      /** Nothing, and the row up to which there is nothing. */
      nothing: Effect.map(Ref.get(at), ({ after }) => ({ rows: NOTHING, until: after })),
      /** What is there, perhaps nothing; and the row up to which that is all. */
      look: step.pipe(
        Effect.repeat({ until: ({ goesOn, rows }) => !goesOn || rows.length > 0, times: PAGES - 1 })
      ),
      /** Waits until it is worth another look. */
      news: Effect.flatMap(Ref.get(at), ({ goesOn, held }) => {
        if (goesOn) return Effect.void
        if (held === undefined) return judged.news
        // The child is not asked again until there is something to be had.
        const isDone = Effect.map(judged.known, (known) => isSettled(held, known))
        const settled = Effect.repeat(Effect.delay(isDone, AGAIN), { until: (done) => done })
        return Effect.raceFirst(judged.news, settled)
      })
    }
  })

export const waitForMessages = ({
  account: named,
  after,
  chat_id: chatId,
  wait_ms: waitMs = WAIT_MS
}: ToolInput<"wait_for_messages">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(named, "read")
    const { account, reach } = asked
    const session = yield* childOf(account.id)
    if (chatId !== undefined) yield* (yield* makeSight(account, session, reach)).chat({ chatId })
    const { look, news, nothing } = yield* makeLook(asked, { chatId, after })
    const there = yield* look
    const { rows, until } =
      there.rows.length > 0
        ? there
        : yield* Effect.zipRight(news, look).pipe(
            Effect.repeat({ until: (found) => found.rows.length > 0 }),
            Effect.timeoutOption(waitMs),
            Effect.flatMap(Option.match({ onNone: () => nothing, onSome: Effect.succeed }))
          )
    const told = yield* toldRows(rows)
    yield* noteChats(account.id, told)
    const { people } = yield* currentConfig
    const messages = told.map((message) => messageShown(people)(message, message.chatId))
    // What does not fit comes with the next call: it is the newest that is left out here.
    return fitted(messages, {
      drop: "last",
      answer: (kept) => ({
        account: account.id,
        messages: kept,
        after: kept.length < messages.length ? (kept.at(-1)?.id ?? until) : until
      })
    })
  }).pipe(Effect.scoped, (waiting) =>
    Effect.flatMap(Effect.all([Toolbox, AskedWith]), ([{ waits }, grant]) => waits.of(grant)(waiting))
  )
