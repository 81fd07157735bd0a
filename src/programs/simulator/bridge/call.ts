/** Calls to the helper of the private bridge, with what can become of them. */
import { Effect, Option } from "effect"
import { ChatDatabase } from "../ChatDatabase.ts"
import { Misbehaviour } from "../Misbehaviour.ts"
import type { Method } from "../Params.ts"
import { bridgeUnavailable, internalError, invalidParams, notStarted, outcomeUnknown } from "../Rpc.ts"
import { Settings } from "../Settings.ts"
import { bridgeOf } from "./BridgeState.ts"
import { whyUnusable } from "./usable.ts"

/** How a change is said to have gone that the bridge would have made. */
export const BRIDGE = { transport: "bridge" }

/** How the bridge of this Mac is now. It may change while the process lives. */
export const bridgeNow = Effect.gen(function* () {
  const { bridge } = yield* Settings
  return bridgeOf(yield* (yield* ChatDatabase).bridge, bridge)
})

/** Fails as a change does that was not begun, with what imsg says of it. */
const refusedByBridge = (method: Method, detail: string) =>
  Effect.flatMap(Settings, ({ build }) =>
    Effect.fail(build.strict ? notStarted(detail, { operation: method, ...BRIDGE }) : internalError(detail))
  )

/** Fails as a change does that the helper refuses. Builds before 0.14 say who it was. */
export const refusedByHelper = (method: Method, detail: string) =>
  Effect.flatMap(Settings, ({ build }) =>
    refusedByBridge(method, build.strict ? detail : `Dylib error: ${detail}`)
  )

/** Fails as a change does that the bridge cannot make now. */
export const requireBridge = (method: Method) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    const why = whyUnusable(build, yield* bridgeNow, method)
    if (why !== undefined) return yield* refusedByBridge(method, why)
  })

/** Fails as a read does that the bridge cannot answer now. */
export const requireBridgeToRead = (method: Method) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    const why = whyUnusable(build, yield* bridgeNow, method)
    if (why !== undefined) return yield* build.strict ? bridgeUnavailable(why) : internalError(why)
  })

/** The effects of a call that the helper breaks off: it is gone until it is launched again. */
const died = (method: Method) =>
  Effect.gen(function* () {
    const { build } = yield* Settings
    yield* (yield* ChatDatabase).setBridge({ state: "off" })
    return yield* build.strict
      ? outcomeUnknown("The helper ended before it answered.", method)
      : internalError(`Timed out waiting for response to '${method}'`)
  })

/** Has the helper make a change. None when it is never answered. */
export const callHelper = <A, E, R>(method: Method, change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const misbehaviour = yield* Misbehaviour
    const record = (outcome: "done" | "refused" | "hung" | "died" | "unanswered") =>
      db.record([{ _tag: "bridge", method, outcome }])
    const refusing = yield* misbehaviour.take("helperRefuses", method)
    if (refusing !== undefined) {
      yield* record("refused")
      return yield* refusedByHelper(method, refusing.detail)
    }
    if ((yield* misbehaviour.take("helperHangs", method)) !== undefined) {
      yield* record("hung")
      return yield* Effect.never
    }
    const dying = yield* misbehaviour.take("helperDies", method)
    if (dying !== undefined) {
      if (dying.done) yield* change
      yield* record("died")
      return yield* died(method)
    }
    const result = yield* Effect.tapError(change, () => record("refused"))
    const losing = yield* misbehaviour.take("loseReply", method)
    yield* record(losing === undefined ? "done" : "unanswered")
    if (losing === undefined) return Option.some(result)
    if (losing.exits === true) return yield* misbehaviour.exit(1, "fault")
    return Option.none<A>()
  })

/** How the bridge's methods name a chat. */
export interface ChatParams {
  readonly chat_id?: number | undefined
  readonly chat_guid?: string | undefined
  readonly chat_identifier?: string | undefined
}

/** The chat that exactly one parameter names. */
export const chatOf = (method: Method, { chat_guid, chat_id, chat_identifier }: ChatParams) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    const named = [chat_id, chat_guid, chat_identifier].filter((value) => value !== undefined)
    if (named.length > 1 && build.strict)
      return yield* invalidParams("use exactly one of chat_id, chat_guid and chat_identifier")
    const found =
      chat_id !== undefined
        ? yield* db.chat({ chatId: chat_id })
        : chat_guid !== undefined
          ? yield* db.chat({ chatGuid: chat_guid })
          : chat_identifier !== undefined
            ? yield* db.chat({ chatIdentifier: chat_identifier })
            : yield* invalidParams("chat_guid, chat_identifier, or chat_id is required")
    if (Option.isSome(found)) return found.value
    return yield* chat_id === undefined
      ? refusedByHelper(method, `Chat not found: ${chat_guid ?? chat_identifier}`)
      : invalidParams(`unknown chat_id ${chat_id}`)
  })

/** The message that a parameter names, in its chat. */
export const messageOf = (method: Method, guid: string, chatId: number) =>
  Effect.gen(function* () {
    const found = yield* (yield* ChatDatabase).message(guid)
    return Option.isSome(found) && found.value.chatId === chatId
      ? found.value
      : yield* refusedByHelper(method, `Message not found: ${guid}`)
  })

/** A parameter that must be there, and not empty. */
export const required = (name: string, value: string | undefined) =>
  value === undefined || value.trim() === ""
    ? Effect.fail(invalidParams(`${name} is required`))
    : Effect.succeed(value)
