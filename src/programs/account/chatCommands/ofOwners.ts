/** Commands of owners: who is let in, which chats are held, and what agents may do. */
import { Clock, Effect, Option } from "effect"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { decisionMeans } from "../../../schemas/permissionWords.ts"
import { type Chat, print, readPrefixes, targetKey } from "../../../schemas/Target.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { Events } from "../../../services/Events.ts"
import { PairingStore } from "../../../services/PairingStore.ts"
import { type ChatRef, type Pause, PausedChats } from "../../../services/PausedChats.ts"
import { Permissions } from "../../../services/Permissions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { targetChats } from "../outbox/targetChats.ts"
import { approvalMeans, rejectionMeans } from "./decisions.ts"
import * as words from "./words.ts"

/** Decisions about pairing requests of all accounts. */
export const makePairing = Effect.gen(function* () {
  const pairing = yield* PairingStore
  const { current } = yield* ConfigService
  const nobody = (code: string) => Effect.succeed(words.noRequest(code))

  return {
    list: Effect.zipWith(pairing.pending, Clock.currentTimeMillis, words.requests),
    approve: (code: string) =>
      Effect.gen(function* () {
        const request = yield* pairing.approve(code)
        return approvalMeans((yield* current).accounts, request)
      }).pipe(Effect.catchTag("PairingNotFound", () => nobody(code))),
    reject: (code: string) =>
      Effect.gen(function* () {
        const request = yield* pairing.reject(code)
        return rejectionMeans(request, yield* Clock.currentTimeMillis)
      }).pipe(Effect.catchTag("PairingNotFound", () => nobody(code)))
  }
})

/** Decisions about what agents ask leave for. */
export const makeLeave = Effect.map(Permissions, ({ decide, waiting }) => ({
  list: Effect.zipWith(waiting, Clock.currentTimeMillis, words.leaveWaiting),
  decide: (code: string, allowed: boolean) =>
    decide(code, allowed).pipe(
      Effect.map(decisionMeans),
      Effect.catchTag("PermissionNotFound", () => Effect.succeed(words.noLeave(code)))
    )
}))

/** A chat as somebody names it: by its id alone too. */
const chatNamed = (given: string): Option.Option<Chat> => {
  const written = readPrefixes(/^\d+$/u.test(given) ? `chat_id:${given}` : given)
  return written._tag === "Chat" ? Option.getRight(written.chat) : Option.none()
}

/** Pauses of an account's chats, and their end. */
export const makePausing = ({ account, link }: AccountContext) =>
  Effect.gen(function* () {
    const pausedChats = yield* PausedChats
    const events = yield* Events

    /** The chats that are meant: those of a person are asked for, and there is one for each service. */
    const chatsOf = (given: string) =>
      Effect.gen(function* () {
        const named = chatNamed(given)
        if (Option.isSome(named) && named.value._tag === "ChatId") return [named.value]
        const child = yield* link.poll
        if (Option.isNone(child)) return undefined
        const target = Option.getOrElse(named, () => ({
          _tag: "Handle" as const,
          handle: normaliseHandle(given, account.region),
          service: "auto" as const
        }))
        const { region, supervision } = account
        const asked = { region, requestTimeoutMs: supervision.requestTimeoutMs }
        return yield* targetChats(child.value, target, asked).pipe(
          Effect.map(({ chatIds }) => chatIds.map((chatId) => ({ _tag: "ChatId" as const, chatId }))),
          Effect.orElseSucceed(() => undefined)
        )
      })

    const pause = (chat: ChatRef) =>
      Effect.tap(pausedChats.hold(chat), ({ accountId, chat, times }) =>
        events.publish({ _tag: "ChatPaused", accountId, chat, times, until: null })
      )

    /** Those of any account that are called so. */
    const pausedAs = (given: string) =>
      Effect.gen(function* () {
        const name = Option.match(chatNamed(given), { onNone: () => given, onSome: print })
        const all = yield* pausedChats.all
        const named = all.filter(({ chat }) => chat === name)
        if (named.length > 0) return named
        const chats = ((yield* chatsOf(given)) ?? []).map(targetKey)
        return all.filter(({ accountId, chat }) => accountId === account.id && chats.includes(chat))
      })

    const resume = (pauses: ReadonlyArray<Pause>) =>
      Effect.forEach(pauses, (chat) =>
        // Somebody else may have resumed it in this moment.
        Effect.catchTag(pausedChats.resume(chat), "ChatNotPaused", () => Effect.succeed(chat))
      )

    return {
      list: Effect.zipWith(pausedChats.all, Clock.currentTimeMillis, words.pausedChats),
      pause: (given: string) =>
        Effect.gen(function* () {
          const chats = yield* chatsOf(given)
          if (chats === undefined) return words.CANNOT_TELL
          const pauses = yield* Effect.forEach(chats, (chat) =>
            pause({ accountId: account.id, chat: targetKey(chat) })
          )
          return pauses.length === 0 ? words.noChat(given) : words.paused(pauses.map(({ chat }) => chat))
        }),
      resume: (given: string) =>
        Effect.gen(function* () {
          const resumed = yield* resume(yield* pausedAs(given))
          return resumed.length === 0
            ? words.notPaused(given)
            : words.resumed(resumed.map(({ chat }) => chat))
        })
    }
  })
