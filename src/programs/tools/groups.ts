/** What is done to groups: named as a chat, and only to groups. */
import { Effect } from "effect"
import type { GroupAct } from "../../schemas/Act.ts"
import { ChatNotGroup } from "../../schemas/errors/tools.ts"
import type { Target } from "../../schemas/Target.ts"
import type { ToolInput, ToolName } from "../../schemas/toolInputs.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { chatIdOf, chatIn, mayReach, personOf } from "./destination.ts"
import { type Naming, order } from "./ordering.ts"
import { type Asked, askedOf, chatText } from "./reach.ts"

interface ToGroup extends Naming {
  readonly account?: string
  readonly chat_id?: number
}

interface Change<E, R> {
  readonly act: GroupAct
  /** Refuses what whoever calls may not do, beyond the chat. */
  readonly check?: Effect.Effect<unknown, E, R>
  readonly mediaRoots?: ReadonlyArray<string>
}

/** Does something to a group. */
const changeGroup = <E = never, R = never>(
  tool: ToolName,
  input: ToGroup,
  asked: Asked,
  { act, check = Effect.void, mediaRoots = [] }: Change<E, R>
) =>
  Effect.gen(function* () {
    const target: Target = { _tag: "ChatId", chatId: yield* chatIdOf(tool, asked, input.chat_id) }
    const content = Effect.gen(function* () {
      const { chat } = yield* chatIn(asked, target)
      if (!chat.isGroup) return yield* new ChatNotGroup({ chat: chatText(chat.id) })
      yield* check
      return { acts: [act] }
    })
    return yield* order(asked, input, target, content, mediaRoots)
  })

export const renameGroup = (input: ToolInput<"rename_group">) =>
  Effect.flatMap(askedOf(input.account, "send"), (asked) =>
    changeGroup("rename_group", input, asked, { act: { _tag: "Rename", name: input.name } })
  )

/** Files that may become an icon: of an agent at work its own, of others those of every agent. */
const rootsOf = ({ grant }: Asked) =>
  Effect.map(currentConfig, ({ agents }) =>
    agents.list
      .filter(({ id }) => grant.by?._tag !== "Agent" || grant.by.agentId === id)
      .flatMap(({ mediaRoots }) => mediaRoots)
  )

export const setGroupIcon = (input: ToolInput<"set_group_icon">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const act: GroupAct = { _tag: "SetIcon", ...(input.path === undefined ? {} : { path: input.path }) }
    return yield* changeGroup("set_group_icon", input, asked, { act, mediaRoots: yield* rootsOf(asked) })
  })

export const addToGroup = (input: ToolInput<"add_to_group">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const person = yield* personOf("add_to_group", asked, input.handle)
    return yield* changeGroup("add_to_group", input, asked, {
      act: { _tag: "AddMember", handle: person.handle },
      // Who is added reads along. Whom an agent adds is its owner's to answer for: see `groupActions`.
      check: asked.reach._tag === "Only" ? Effect.void : mayReach(asked, person)
    })
  })

export const removeFromGroup = (input: ToolInput<"remove_from_group">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const { handle } = yield* personOf("remove_from_group", asked, input.handle)
    return yield* changeGroup("remove_from_group", input, asked, { act: { _tag: "RemoveMember", handle } })
  })

export const leaveGroup = (input: ToolInput<"leave_group">) =>
  Effect.flatMap(askedOf(input.account, "send"), (asked) =>
    changeGroup("leave_group", input, asked, { act: { _tag: "Leave" } })
  )
