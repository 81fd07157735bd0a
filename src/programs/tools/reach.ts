/** Which account and which chats whoever calls a tool may use. */
import { Effect, Option } from "effect"
import { AccountNotRunning } from "../../schemas/errors/control.ts"
import { ChatNotGranted, NoChatGranted } from "../../schemas/errors/tools.ts"
import { type Grant, isGranted, NO_CHAT, type OnlyChat } from "../../schemas/Grant.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { Children } from "../../services/Children.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { chooseAccount } from "../sending/chooseAccount.ts"
import { Toolbox } from "./Toolbox.ts"

/** Every chat, those that the config admits, or one of these. */
export type Reach =
  | { readonly _tag: "Every" }
  | { readonly _tag: "Admitted" }
  | { readonly _tag: "Only"; readonly only: OnlyChat }

/** How far a grant reaches where `scope` reaches every chat. */
export const reachOf = (grant: Grant, scope: "read" | "send"): Reach => {
  if (isGranted(grant, [scope])) return { _tag: "Every" }
  return grant.only === undefined ? { _tag: "Admitted" } : { _tag: "Only", only: grant.only }
}

/** A chat as targets are written. */
export const chatText = (chatId: number): string => `chat_id:${chatId}`

/** What whoever calls may do, and the account that they mean: who has one chat means that of it. */
export const askedOf = (named: string | undefined, scope: "read" | "send") =>
  Effect.gen(function* () {
    const grant = yield* AskedWith
    const reach = reachOf(grant, scope)
    if (reach._tag === "Only" && reach.only.accountId === NO_CHAT.accountId) {
      return yield* new NoChatGranted()
    }
    const own = reach._tag === "Only" ? reach.only.accountId : undefined
    if (own !== undefined && named !== undefined && named !== own) {
      return yield* new ChatNotGranted({ chat: `of the account ${named}` })
    }
    const account = yield* chooseAccount(yield* currentConfig, Option.fromNullable(named ?? own))
    return { grant, reach, account }
  })

/** Who asks, and of which account. */
export type Asked = Effect.Effect.Success<ReturnType<typeof askedOf>>

/** The child of an account, for tools. */
export const childOf = (accountId: string) =>
  Effect.gen(function* () {
    const session = yield* (yield* Children).of(accountId)
    if (Option.isNone(session)) return yield* new AccountNotRunning({ account: accountId })
    return (yield* Toolbox).inTurn(accountId, session.value)
  })
