/**
 * The service of a row, where somebody is admitted, or may command, by one service and not by another. A row does not say it, and newer
 * versions of Messages keep one chat for all services, whose guid does not tell either. Who can forge an SMS writes into
 * the same chat, so that what was said of one row is never believed of another.
 */
import { Array as Arr, Effect, Option } from "effect"
import { readEntry } from "../../../schemas/AllowList.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { viaOf } from "../../../schemas/Envelope.ts"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { Code, type ImsgMessage, Methods, type Readable } from "../../../schemas/ImsgProtocol.ts"
import { handlesOf, isOwner, type People } from "../../../schemas/People.ts"
import { isEveryService } from "../../../schemas/Target.ts"
import type { Askable, AskError } from "../../../services/Children.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"
import { asFits } from "../chatdb/asFits.ts"
import type { FindChat } from "../chatdb/knownChats.ts"
import { patiently } from "../chatdb/patiently.ts"
import { isRefusal } from "../chatdb/refusal.ts"

/** Messages of a chat that are looked through: they come by their dates, and what counts is which was written last. */
const MESSAGES = 20

/** The handles that are let in by one service only. */
const byOneService = ({ allowFrom, groupAllowFrom = [], region }: AccountConfig): ReadonlySet<string> =>
  new Set(
    Arr.getRights([...allowFrom, ...groupAllowFrom].map((entry) => readEntry(entry, region))).flatMap(
      (entry) => (entry._tag === "Sender" && entry.via !== undefined ? [entry.handle] : [])
    )
  )

/** Whether a row is the one that was written into its chat last, as far as its newest messages can be read. */
const isLast = (row: ImsgMessage, { readable, unreadable }: Readable<ImsgMessage>): boolean =>
  unreadable === 0 &&
  readable.some(({ guid }) => guid === row.guid) &&
  readable.every(({ id }) => id <= row.id)

/** A row, or a chat, that the child cannot read for good tells nothing; it must not hold up all others. */
const orNothing = <E extends AskError>(look: Effect.Effect<Option.Option<string>, E>) =>
  Effect.catchIf(patiently(look), isRefusal, () => Effect.succeedNone)

/** A child that has not the method, or does not know the row. */
const cannotTell = (error: AskError): boolean =>
  error._tag === "RpcFailed" &&
  (error.rpcCode === Code.methodNotFound || error.rpcCode === Code.invalidParams)

/** What Messages wrote down of the row itself, which builds from 0.10 on tell. */
const makeServiceOfRow = <E extends AskError>(session: Askable<E>, timeoutMs: number) => {
  const { methods } = session.build
  // Builds before 0.14 do not say what they can.
  let isThere = methods.size === 0 || methods.has(Methods.sendStatus.name)
  return ({ guid }: ImsgMessage): Effect.Effect<Option.Option<string>, E> =>
    isThere
      ? session.request(Methods.sendStatus, { guid }, timeoutMs).pipe(
          Effect.map(({ service }) => Option.fromNullable(service)),
          Effect.catchIf(cannotTell, (error) => {
            if (error._tag === "RpcFailed" && error.rpcCode === Code.methodNotFound) isThere = false
            return Effect.succeedNone
          })
        )
      : Effect.succeedNone
}

export interface ServiceOptions {
  readonly account: AccountConfig
  readonly people: Effect.Effect<People>
  readonly owners: Effect.Effect<ReadonlyArray<string>>
  /** Finds the chat of a row, as it is now. */
  readonly findChat: FindChat
}

/** The function that completes an account's rows with their service, where that matters and can be told. */
export const makeWithService = <E extends AskError>(
  { account, findChat, owners, people }: ServiceOptions,
  session: Askable<E>
) => {
  const { region, services, supervision } = account
  const isOpen = isEveryService(services)
  const handles = byOneService(account)
  const serviceOfRow = makeServiceOfRow(session, supervision.requestTimeoutMs)

  /** An entry names a person by each of their handles; owners are believed by iMessage only. */
  const matters = ({ reply_to_sender, sender }: ImsgMessage) =>
    Effect.map(
      Effect.all([people, owners]),
      ([known, commanding]) =>
        !isOpen ||
        (sender !== undefined && isOwner(commanding, known, normaliseHandle(sender, region))) ||
        [sender, reply_to_sender].some(
          (one) => one && handlesOf(known, normaliseHandle(one, region)).some((handle) => handles.has(handle))
        )
    )

  /** That of the row's chat, where it is the row's own: a chat has the service of what was written into it last. */
  const serviceOfChat = (row: ImsgMessage): Effect.Effect<Option.Option<string>, E | RequestError> =>
    Effect.gen(function* () {
      const chat = yield* findChat(row)
      if (Option.isNone(chat) || chat.value.service === undefined) return Option.none()
      // Asked after the chat: had another row been written before that was, it would be there by now.
      const chatId = chat.value.id
      const { answer } = yield* asFits(MESSAGES, (limit) =>
        session.request(Methods.messagesHistory, { chat_id: chatId, limit }, supervision.requestTimeoutMs)
      )
      return isLast(row, answer.messages) ? Option.some(chat.value.service) : Option.none()
    })

  return (row: ImsgMessage): Effect.Effect<ImsgMessage, E | RequestError> =>
    Effect.gen(function* () {
      if (viaOf(row) !== undefined || !(yield* matters(row))) return row
      const own = yield* orNothing(serviceOfRow(row))
      const service = Option.isSome(own) ? own : yield* orNothing(serviceOfChat(row))
      return Option.match(service, { onNone: () => row, onSome: (found) => ({ ...row, service: found }) })
    })
}
