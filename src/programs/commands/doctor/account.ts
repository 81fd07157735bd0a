/** Looks at one account step by step, as far as the steps before allow it. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Either, Ref, type Scope, Stream } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { Methods } from "../../../schemas/ImsgProtocol.ts"
import { print, type Target, toSendTarget } from "../../../schemas/Target.ts"
import type { ImsgProcess, ImsgSession } from "../../../services/ImsgProcess.ts"
import { feed, ProcessGroup } from "../../../services/ProcessGroup.ts"
import { listChats } from "../../chats/Listed.ts"
import { type Check, failed, ok } from "./Check.ts"
import {
  bridgeCheck,
  contactsCheck,
  databaseCheck,
  databaseFailure,
  handshakeChecks,
  placeOf,
  type Subject,
  sendFailure
} from "./childChecks.ts"
import type { NewestMessage } from "./clock.ts"
import type { Surroundings } from "./grants.ts"
import { longestHandshake, shakeHands } from "./handshake.ts"
import { describe, findProgram, imsgCommand } from "./program.ts"
import { readiness, versionIn } from "./readiness.ts"

/** What `--send-to` sends. */
const TEST_MESSAGE =
  "imsg-gateway doctor: this message checks that messages can be sent. There is nothing to do."

/** How long `imsg --version` may take, in ms. */
const VERSION_WITHIN_MS = 5000
/** How long what is neither handshake nor request may take, in ms: `imsg status`, processes to start and to end. */
const REST_MS = 30_000

/** What the checks need. */
export type Environment = ImsgProcess | ProcessGroup | FileSystem.FileSystem | Path.Path

/** What is looked at. */
export interface AccountLook {
  readonly account: AccountConfig
  readonly surroundings: Surroundings
  /** Where a message is really sent; nothing is sent without it. */
  readonly sendTo: Target | undefined
}

/** What was found. `newest` is the newest message of the account, where there is one. */
export interface AccountFindings {
  readonly checks: ReadonlyArray<Check>
  readonly newest: NewestMessage | undefined
}

/** Builds before 0.14 say their version only on the command line. */
const versionOf = (account: AccountConfig): Effect.Effect<string | undefined, never, Environment> =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const child = yield* groups.spawn(yield* imsgCommand(account, ["--version"]))
    yield* feed(child, Stream.empty)
    return versionIn(yield* child.stdout.pipe(Stream.decodeText(), Stream.take(1), Stream.mkString))
  }).pipe(
    Effect.scoped,
    Effect.timeout(VERSION_WITHIN_MS),
    Effect.orElseSucceed(() => undefined)
  )

const lookThrough = (subject: Subject, session: ImsgSession, note: (check: Check) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const { account } = subject
    const timeoutMs = account.supervision.requestTimeoutMs
    const chats = yield* Effect.either(listChats(session, { limit: 1, timeoutMs }))
    const ready = session.build.concurrentReads
      ? yield* Effect.option(readiness(session, timeoutMs)).pipe(
          Effect.map((found) => (found._tag === "Some" ? found.value : {}))
        )
      : {}
    if (Either.isLeft(chats)) {
      yield* note(databaseFailure(subject, chats.left))
      return undefined
    }
    yield* note(databaseCheck(subject, chats.right.length, ready.database?.path))
    yield* note(contactsCheck(subject, ready.contacts?.available))
    // Builds before 0.14 tell on the command line alone.
    if (!session.build.concurrentReads) yield* session.statusCommand
    yield* note(bridgeCheck(subject, yield* session.capabilities))
    return chats.right[0]?.lastMessageAt
  })

const send = (subject: Subject, session: ImsgSession, target: Target) =>
  session
    .request(
      Methods.send,
      { ...toSendTarget(target, subject.account.region), text: TEST_MESSAGE },
      subject.account.supervision.sendTimeoutMs
    )
    .pipe(
      Effect.map(() => ok(placeOf(subject.account, "automation"), `a message was sent to ${print(target)}`)),
      Effect.catchAll((error) => Effect.succeed(sendFailure(subject, error)))
    )

const examine = (
  { account, sendTo, surroundings }: AccountLook,
  note: (check: Check) => Effect.Effect<void>
): Effect.Effect<number | undefined, never, Environment | Scope.Scope> =>
  Effect.gen(function* () {
    const imsg = placeOf(account, "imsg")
    const found = yield* Effect.either(findProgram(account, surroundings.env))
    if (Either.isLeft(found)) {
      yield* note(failed(imsg, found.left.message, found.left.hint))
      return undefined
    }
    const program = found.right
    yield* note(ok(imsg, describe(program)))
    const subject = { account, program, surroundings }
    const handshake = yield* shakeHands(account)
    const session = "session" in handshake ? handshake.session : undefined
    const version = session?.build.version ?? (yield* versionOf(account))
    yield* note(ok(imsg, `${describe(program)}${version === undefined ? "" : `, version ${version}`}`))
    yield* Effect.forEach(handshakeChecks(subject, handshake), note, { discard: true })
    if (session === undefined) return undefined
    const newest = yield* lookThrough(subject, session, note)
    if (sendTo !== undefined) yield* note(yield* send(subject, session, sendTo))
    return newest
  })

/** How long a look may take, in ms, the end of its processes not included. */
const longestLook = ({ account, sendTo }: AccountLook): number =>
  longestHandshake(account) +
  VERSION_WITHIN_MS +
  REST_MS +
  (sendTo === undefined ? 0 : account.supervision.sendTimeoutMs)

/** Looks at an account, through a child of its own that ends with the look. */
export const examineAccount = (look: AccountLook): Effect.Effect<AccountFindings, never, Environment> =>
  Effect.gen(function* () {
    const noted = yield* Ref.make<ReadonlyMap<string, Check>>(new Map())
    const withinMs = longestLook(look)
    const done = yield* examine(look, (check) =>
      Ref.update(noted, (before) => new Map([...before, [check.id, check]]))
    ).pipe(Effect.scoped, Effect.timeoutOption(withinMs))
    const checks = [...(yield* Ref.get(noted)).values()]
    const account = look.account.id
    return done._tag === "None"
      ? {
          checks: [
            ...checks,
            failed(
              { id: "time", title: "Time", account },
              `the look was given up after ${withinMs} ms`,
              "Look for a permission dialog on the Mac's screen, and at the network where it is reached over ssh; then try again."
            )
          ],
          newest: undefined
        }
      : { checks, newest: done.value === undefined ? undefined : { account, at: done.value } }
  })
