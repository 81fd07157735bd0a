/** Where what a tool sends or does goes, and whether whoever calls may have it go there. */
import { Effect } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { fromMessage } from "../../schemas/Envelope.ts"
import { ChatNotGranted, PersonNotGranted, ToolInputInvalid } from "../../schemas/errors/tools.ts"
import { parse, print, type Target } from "../../schemas/Target.ts"
import type { ToolName } from "../../schemas/toolInputs.ts"
import { Router } from "../../services/Router.ts"
import type { ChatName } from "../chats/Listed.ts"
import { type Asked, childOf } from "./reach.ts"
import { makeSight } from "./sight.ts"

/** What is wrong with what a tool was given, beyond what its schema says. */
export const invalid = (tool: ToolName, detail: string) => new ToolInputInvalid({ tool, detail })

/** The chat that is meant: who has one chat means that. */
export const chatIdOf = (
  tool: ToolName,
  { reach }: Asked,
  chatId: number | undefined
): Effect.Effect<number, ToolInputInvalid> => {
  const chat = chatId ?? (reach._tag === "Only" ? reach.only.chatId : undefined)
  return chat === undefined ? invalid(tool, "give chat_id") : Effect.succeed(chat)
}

const nameOf = (target: Exclude<Target, { readonly _tag: "Handle" }>): ChatName => {
  switch (target._tag) {
    case "ChatId":
      return { chatId: target.chatId }
    case "ChatGuid":
      return { guid: target.chatGuid }
    case "ChatIdentifier":
      return { identifier: target.chatIdentifier }
  }
}

type OfHandle = Extract<Target, { readonly _tag: "Handle" }>

/** A chat that whoever calls may see, by its account's child; refused where there is none. */
export const chatIn = ({ account, reach }: Asked, target: Exclude<Target, OfHandle>) =>
  Effect.gen(function* () {
    const session = yield* childOf(account.id)
    const sight = yield* makeSight(account, session, reach)
    return { session, sight, chat: yield* sight.chat(nameOf(target)) }
  })

/** Whether the config lets somebody in who would write by a service; `auto` may turn out to be any that is answered. */
const isLetIn = (account: AccountConfig, { handle, service }: OfHandle) =>
  Effect.flatMap(Router, ({ admits }) =>
    Effect.every(service === "auto" ? account.services : [service], (by) =>
      admits(
        fromMessage(account, {
          id: 0,
          guid: "to",
          is_from_me: false,
          sender: handle,
          chat_identifier: handle,
          participants: [handle],
          service: by
        })
      )
    )
  )

/** Refuses somebody whom whoever calls may not write to: with the scope `send` that is nobody. */
export const mayReach = ({ account, reach }: Asked, target: OfHandle) =>
  Effect.gen(function* () {
    if (reach._tag === "Every" || (yield* isLetIn(account, target))) return
    return yield* new PersonNotGranted({ to: print(target) })
  })

/** Refuses a target that whoever calls may not write to, and a chat that is not there. */
export const mayWriteTo = (asked: Asked, target: Target) =>
  Effect.gen(function* () {
    const { reach } = asked
    if (reach._tag === "Only") {
      // It is there: somebody wrote in it.
      const isIt = target._tag === "ChatId" && target.chatId === reach.only.chatId
      return isIt ? undefined : yield* new ChatNotGranted({ chat: print(target) })
    }
    if (target._tag !== "Handle") return void (yield* chatIn(asked, target))
    return yield* mayReach(asked, target)
  })

/** Somebody by their handle, for what only iMessage has. */
export const personOf = (tool: ToolName, { account }: Asked, handle: string) =>
  Effect.flatMap(parse(handle, { region: account.region, service: "imessage" }), (target) =>
    target._tag === "Handle" && target.service !== "sms"
      ? Effect.succeed<OfHandle>({ ...target, service: "imessage" })
      : invalid(tool, `${handle} is no phone number or email that iMessage reaches`)
  )
