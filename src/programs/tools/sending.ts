/** `send_message`: durable, once for each key of a caller, and back with what became of it. */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { agentsDefaults } from "../../schemas/config/agents.ts"
import { fromMessage } from "../../schemas/Envelope.ts"
import { AccountDisabled, NothingToSend } from "../../schemas/errors/control.ts"
import {
  BudgetUsedUp,
  ChatNotGranted,
  MessageTooLong,
  PersonNotGranted,
  ToolInputInvalid
} from "../../schemas/errors/tools.ts"
import type { Grant } from "../../schemas/Grant.ts"
import { parse, print, type Target } from "../../schemas/Target.ts"
import type { ToolInput } from "../../schemas/tools.ts"
import { Budget } from "../../services/Budget.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import { Outbox } from "../../services/Outbox.ts"
import { Router } from "../../services/Router.ts"
import { partsOf } from "../account/outbox/parts.ts"
import type { ChatName } from "../chats/Listed.ts"
import type { Judged } from "../sending/prepare.ts"
import { type Asker, deliverThroughGateway } from "../sending/throughGateway.ts"
import { deliveryPrefix, deliveryShown } from "./deliveries.ts"
import { askedOf, childOf, type Reach } from "./reach.ts"
import { makeSight } from "./sight.ts"
import { Toolbox } from "./Toolbox.ts"

const WAIT_MS = 10_000

/** No tool sends files. */
const BY_TOOL: Asker = { via: "tool", mediaRoots: [], locate: Effect.succeed }

/** Keys are any text; what stands for one is a word. */
const wordOf = (key: string): string => createHash("sha256").update(key).digest("base64url")

const invalid = (detail: string) => new ToolInputInvalid({ tool: "send_message", detail })

/** Where a message is to go, as it was written; who has one chat means that. */
const targetOf = (
  { chat_id: chatId, to }: ToolInput<"send_message">,
  account: AccountConfig,
  reach: Reach
) => {
  if (chatId !== undefined && to !== undefined) return invalid("give chat_id or to, not both")
  if (to !== undefined) return parse(to, account)
  const only = reach._tag === "Only" ? reach.only.chatId : undefined
  const chat = chatId ?? only
  return chat === undefined
    ? invalid("give chat_id, or to")
    : Effect.succeed<Target>({ _tag: "ChatId", chatId: chat })
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

/** Whether the config lets somebody in who would write by a service; `auto` may turn out to be any that is answered. */
const isLetIn = (account: AccountConfig, { handle, service }: Extract<Target, { readonly _tag: "Handle" }>) =>
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

/** Refuses a target that whoever calls may not write to, and a chat that is not there. */
const mayWriteTo = (account: AccountConfig, target: Target, reach: Reach) =>
  Effect.gen(function* () {
    if (reach._tag === "Only") {
      // It is there: somebody wrote in it.
      const isIt = target._tag === "ChatId" && target.chatId === reach.only.chatId
      return isIt ? undefined : yield* new ChatNotGranted({ chat: print(target) })
    }
    if (target._tag !== "Handle") {
      const sight = yield* makeSight(account, yield* childOf(account.id), reach)
      return void (yield* sight.chat(nameOf(target)))
    }
    if (reach._tag === "Every" || (yield* isLetIn(account, target))) return
    return yield* new PersonNotGranted({ to: print(target) })
  })

/** What an agent says by a tool costs what its answers cost: of one text as many messages, of a day as many in a chat. */
const spend = ({ account, id, target, text }: Judged, { by }: Grant) =>
  Effect.gen(function* () {
    if (by?._tag !== "Agent") return
    const { agents, messages } = yield* currentConfig
    const delivery = { id, accountId: account.id, target, replies: [{ text }] }
    const parts = (yield* partsOf(account, delivery)).length
    const most = agents.list.find((agent) => agent.id === by.agentId)?.maxParts ?? agentsDefaults.maxParts
    if (parts > most) return yield* new MessageTooLong({ parts, most })
    const budget = yield* Budget
    const chat = print(target)
    // It is no turn: nobody has asked for it.
    const turn = { id, accountId: account.id, person: `agent:${by.agentId}`, chat }
    const refusal = yield* budget.begin(turn, { ...messages.budget, turns: 0 })
    if (refusal !== undefined) {
      if (refusal.isNews) yield* (yield* Events).publish({ _tag: "BudgetExceeded", ...refusal.exceeded })
      return yield* new BudgetUsedUp({ chat })
    }
    if (parts > 1) yield* budget.answered(id, parts)
  })

export const sendMessage = (input: ToolInput<"send_message">) =>
  Effect.gen(function* () {
    const { account, grant, reach } = yield* askedOf(input.account, "send")
    if (!account.enabled) return yield* new AccountDisabled({ account: account.id })
    if (input.text.trim() === "") return yield* new NothingToSend()
    const target = yield* targetOf(input, account, reach)
    const key = input.idempotency_key
    const name = key === undefined ? yield* Effect.sync(() => crypto.randomUUID()) : wordOf(key)
    const id = `${deliveryPrefix(account.id, grant)}${name}`
    const judged: Judged = { id, account, target, text: input.text, files: [] }
    // What was accepted before is told of, whatever became of its chat and of the account meanwhile.
    if (!(yield* (yield* Outbox).isAccepted({ accountId: account.id, id }))) {
      yield* mayWriteTo(account, target, reach)
      yield* spend(judged, grant)
    }
    const { sends } = yield* Toolbox
    const { parts } = yield* deliverThroughGateway(sends, BY_TOOL, judged, input.wait_ms ?? WAIT_MS)
    return deliveryShown({ id, accountId: account.id }, parts)
  })
