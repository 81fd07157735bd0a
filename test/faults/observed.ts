/** What a round left behind: what people wrote, what Messages shows, what the agent and the gateway wrote down. */
import { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Option, Schema } from "effect"
import type { GatewayEnd } from "./gatewayProcess.ts"
import { type ChatName, type Message, SECRET } from "./messages.ts"
import type { AccountId, Schedule } from "./schedule.ts"
import { filesHolding } from "./store.ts"
import { answerOf, type World } from "./world.ts"

/** A message as it was written; times are Unix milliseconds. */
export interface Written extends Message {
  readonly account: AccountId
  readonly rowId: number
  readonly at: number
}

/** An outgoing row that the owner did not write. `chat` is none for one that the round did not make. */
export interface Said {
  readonly account: AccountId
  readonly rowId: number
  readonly chat: ChatName | undefined
  readonly text: string
  readonly at: number
}

/** A tapback of the owner on the message of a row, so many times. */
interface Tapback {
  readonly account: AccountId
  readonly rowId: number
  readonly times: number
}

/** A part that the gateway's store calls uncertain or failed. */
export interface Unsent {
  readonly account: string
  readonly n: number
  readonly part: number
  readonly state: "Uncertain" | "Failed"
  readonly delivery: string
  /** Why, in the gateway's words. */
  readonly detail: string
}

/** How often something happened that leaves a send in doubt, or a fault struck, on an account. */
export interface Trouble {
  readonly account: AccountId
  /** Of each child the rowids in the order in which it announced them first. */
  readonly announced: ReadonlyArray<ReadonlyArray<number>>
  /** Starts of children after the first, denials, and sends that were made to fail or to be lost. */
  readonly doubts: number
  readonly struck: ReadonlyArray<string>
}

export interface Observed {
  readonly written: ReadonlyArray<Written>
  /** For each account in the order of their rows. */
  readonly said: ReadonlyArray<Said>
  /** The tapbacks of the owner. */
  readonly tapbacks: ReadonlyArray<Tapback>
  /** What the agents were asked, in order: the texts of each turn. */
  readonly asked: ReadonlyArray<{ readonly turnId: string; readonly texts: ReadonlyArray<string> }>
  readonly unsent: ReadonlyArray<Unsent>
  /** Dead letters of turns, as `code: message`. */
  readonly deadTurns: ReadonlyArray<string>
  readonly trouble: ReadonlyArray<Trouble>
  /** Where the stranger's words were found beside Messages: in the store, at the agent, in a log. */
  readonly secretIn: ReadonlyArray<string>
  readonly ends: ReadonlyArray<GatewayEnd>
  readonly log: ReadonlyArray<string>
}

const AskedTurn = Schema.parseJson(
  Schema.Struct({ envelopes: Schema.Array(Schema.Struct({ text: Schema.String })) })
)
const decodeAsked = Schema.decodeUnknownOption(AskedTurn)

const PartRows = Schema.Array(
  Schema.Struct({
    account: Schema.String,
    delivery: Schema.String,
    state: Schema.Literal("Uncertain", "Failed"),
    part: Schema.parseJson(Schema.Struct({ text: Schema.optional(Schema.String) })),
    detail: Schema.String
  })
)
const LetterRows = Schema.Array(Schema.Struct({ code: Schema.String, message: Schema.String }))

/** The parts that the gateway did not send, or does not know to have sent; also while it runs. */
export const unsentOf = ({ store }: World) =>
  store
    .rows(
      `SELECT account_id AS account, delivery_id AS delivery, state, part, COALESCE(detail, '') AS detail
       FROM parts WHERE state IN ('Uncertain', 'Failed')`
    )
    .pipe(
      Effect.flatMap(Schema.decodeUnknown(PartRows)),
      Effect.map(
        Arr.filterMap(({ part, ...rest }) =>
          Option.map(answerOf(part.text ?? ""), (answer): Unsent => ({ ...rest, ...answer }))
        )
      )
    )

const deadTurnsOf = ({ store }: World) =>
  store
    .rows("SELECT code, message FROM dead_letters WHERE kind = 'turn'")
    .pipe(
      Effect.flatMap(Schema.decodeUnknown(LetterRows)),
      Effect.map(Arr.map(({ code, message }) => `${code}: ${message}`))
    )

/** What the gateway has said so far. */
export const saidOf = ({ accounts }: World) =>
  Effect.forEach(accounts, ({ chats, id, imsg }) =>
    Effect.map(imsg.chats.sent(), (sent) =>
      sent.flatMap(({ at, chatId, rowId, text }): ReadonlyArray<Said> => {
        const chat = Object.entries(chats).find(([, { id }]) => id === chatId)?.[0] as ChatName | undefined
        // With the mirror what the owner writes is an outgoing row too.
        return chat === "self" && text.startsWith("#") ? [] : [{ account: id, rowId, chat, text, at }]
      })
    )
  ).pipe(Effect.map(Arr.flatten))

const ALL_ROWS = { after: 0, limit: 100_000, attachments: false, reactions: false, reactionRows: true }

/** Each is a row with the guid of its message, which may have the number of a part before it. */
const tapbacksOf = ({ accounts }: World) =>
  Effect.forEach(accounts, ({ id, imsg }) =>
    Effect.map(imsg.chats.after(ALL_ROWS), (rows) => {
      const onGuids = rows.flatMap(({ associatedGuid, isFromMe }) =>
        isFromMe && associatedGuid !== null ? [associatedGuid.replace(/^p:\d+\//u, "")] : []
      )
      return Object.entries(Arr.groupBy(onGuids, (guid) => guid)).map(
        ([guid, all]): Tapback => ({
          account: id,
          rowId: rows.find((row) => row.guid === guid)?.id ?? 0,
          times: all.length
        })
      )
    })
  ).pipe(Effect.map(Arr.flatten))

const DOUBTFUL: ReadonlyArray<string> = [
  "failSend",
  "loseSendReply",
  "helperDies",
  "helperHangs",
  "loseReply"
]

const troubleOf = ({ accounts }: World, { steps }: Schedule) =>
  Effect.forEach(accounts, ({ id, imsg }) =>
    Effect.map(imsg.chats.recorded(), (events): Trouble => {
      const struck = events.flatMap(({ event }) => (event._tag === "fault" ? [event.fault] : []))
      const starts = events.filter(({ event }) => event._tag === "start").length
      // A condition is not in the record; without access nobody can say what became of a send.
      const denials = steps.filter(
        ({ step }) => step._tag === "Fault" && step.account === id && step.kind === "denyFullDisk"
      ).length
      return {
        account: id,
        announced: Object.values(Arr.groupBy(events, ({ pid }) => String(pid))).map((ofChild) =>
          Arr.dedupe(ofChild.flatMap(({ event }) => (event._tag === "notification" ? [event.rowId] : [])))
        ),
        doubts: Math.max(0, starts - 1) + denials + struck.filter((fault) => DOUBTFUL.includes(fault)).length,
        struck
      }
    })
  )

const askedOf = ({ asked }: World) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.orElseSucceed(fs.readFileString(asked), () => "")
    return text.split("\n").flatMap((line) => {
      const [turnId = "", turn = ""] = line.split("\t")
      return Option.match(decodeAsked(turn), {
        onNone: () => [],
        onSome: ({ envelopes }) => [{ turnId, texts: envelopes.map((envelope) => envelope.text) }]
      })
    })
  })

/** What holds the stranger's words, other than the databases of Messages. */
const secretsOf = ({ asked, gateway, store }: World) =>
  Effect.gen(function* () {
    const files = yield* filesHolding([asked, ...(yield* gateway.logs)], SECRET)
    return [...files, ...(yield* store.holding(SECRET))]
  })

/** Everything, after the gateway has ended. */
export const observe = (world: World, schedule: Schedule, written: ReadonlyArray<Written>) =>
  Effect.all({
    written: Effect.succeed(written),
    said: saidOf(world),
    tapbacks: tapbacksOf(world),
    asked: askedOf(world),
    unsent: unsentOf(world),
    deadTurns: deadTurnsOf(world),
    trouble: troubleOf(world, schedule),
    secretIn: secretsOf(world),
    ends: world.gateway.ends,
    log: world.gateway.logLines
  }) satisfies Effect.Effect<Observed, unknown, unknown>
