/** Opens a child with more patience for why it does not answer than the gateway has. */
import type { FileSystem, Path } from "@effect/platform"
import { Clock, Effect, Either, Fiber, Option, type Scope, Stream } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { ImsgProcess, type ImsgSession, type OpenError, openOptions } from "../../../services/ImsgProcess.ts"
import { feed, ProcessGroup } from "../../../services/ProcessGroup.ts"
import { imsgCommand } from "./program.ts"

/** The longest that a start is waited for, in ms, whatever the config allows. */
const LONGEST_START_MS = 60_000
/** When a child that has said nothing is looked at by other means, in ms. */
const SECOND_LOOK_MS = 5000
/** The longest that a second look takes, once with the input ended, once with it open; in ms each. */
const LONGEST_LOOK_MS = 10_000

/** How long a handshake may take with all that is done about it, in ms. */
export const longestHandshake = (account: AccountConfig): number =>
  startTimeout(account) + 2 * lookMs(account)

const startTimeout = ({ supervision }: AccountConfig): number =>
  Math.min(supervision.startTimeoutMs, LONGEST_START_MS)

/** A child that needs longer than the gateway waits is of no use, whatever it answers then. */
const lookMs = (account: AccountConfig): number => Math.min(startTimeout(account), LONGEST_LOOK_MS)

/** What a handshake came to. */
export type Handshake =
  | { readonly _tag: "Answered"; readonly session: ImsgSession; readonly millis: number }
  | { readonly _tag: "Refused"; readonly error: OpenError }
  /** It answers only once its input has ended: it is read, or what comes back is written, in blocks. */
  | { readonly _tag: "Buffered" }
  /** One child was silent for so long that another was started, and that answered. */
  | { readonly _tag: "Unsteady"; readonly session: ImsgSession; readonly silentMs: number }

const answered = (line: string): boolean => /^\s*\{.*"id"\s*:/u.test(line)

/** Whether a child that gets a request, and then the end of its input, answers. */
const answersAtEnd = (account: AccountConfig) =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const args = ["rpc", ...(account.dbPath === undefined ? [] : ["--db", account.dbPath])]
    const child = yield* groups.spawn(yield* imsgCommand(account, args))
    yield* feed(child, Stream.make('{"jsonrpc":"2.0","id":1,"method":"initialize"}\n'))
    return yield* child.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter(answered),
      Stream.runHead,
      Effect.map(Option.isSome)
    )
  }).pipe(
    Effect.scoped,
    Effect.timeoutTo({ duration: lookMs(account), onSuccess: (found) => found, onTimeout: () => false }),
    Effect.orElseSucceed(() => false)
  )

/**
 * Why a child is silent, if that can be told. A second child began later and has answered first: what it had, and the
 * first one has not, is the end of its input, unless a third without that answers too.
 */
const secondLook = (account: AccountConfig, silentMs: number) =>
  Effect.gen(function* () {
    if (!(yield* answersAtEnd(account))) return Option.none<Handshake>()
    const imsg = yield* ImsgProcess
    const again = yield* Effect.either(imsg.open(openOptions(account, lookMs(account))))
    return Option.some(
      Either.match(again, {
        onLeft: (error): Handshake =>
          error._tag === "ChildStuck" ? { _tag: "Buffered" } : { _tag: "Refused", error },
        onRight: (session): Handshake => ({ _tag: "Unsteady", session, silentMs })
      })
    )
  })

/** Starts a child and shakes hands with it; it lives as long as the scope. */
export const shakeHands = (
  account: AccountConfig
): Effect.Effect<
  Handshake,
  never,
  ImsgProcess | ProcessGroup | FileSystem.FileSystem | Path.Path | Scope.Scope
> =>
  Effect.gen(function* () {
    const imsg = yield* ImsgProcess
    const startTimeoutMs = startTimeout(account)
    const silentMs = Math.min(SECOND_LOOK_MS, startTimeoutMs / 2)
    const since = yield* Clock.currentTimeMillis
    const opening = yield* imsg.open(openOptions(account, startTimeoutMs)).pipe(
      Effect.flatMap((session) =>
        Effect.map(
          Clock.currentTimeMillis,
          (now): Handshake => ({ _tag: "Answered", session, millis: now - since })
        )
      ),
      Effect.catchAll((error): Effect.Effect<Handshake> => Effect.succeed({ _tag: "Refused", error })),
      Effect.forkScoped
    )
    const soon = yield* Effect.timeoutOption(Fiber.join(opening), silentMs)
    if (Option.isSome(soon)) return soon.value
    const looking = yield* Effect.forkScoped(secondLook(account, silentMs))
    const opened = Effect.flatMap(Fiber.join(opening), (handshake) =>
      handshake._tag === "Refused" && handshake.error._tag === "ChildStuck"
        ? Effect.map(
            Fiber.join(looking),
            Option.getOrElse(() => handshake)
          )
        : Effect.succeed(handshake)
    )
    const looked = Effect.flatMap(
      Fiber.join(looking),
      Option.match({ onNone: () => Effect.never, onSome: (handshake) => Effect.succeed(handshake) })
    )
    return yield* Effect.raceFirst(opened, looked)
  })
