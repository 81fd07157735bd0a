/** Calls a tool for whoever asks, by what `AskedWith` says that they may do. */
import { Effect, ParseResult, Schema } from "effect"
import type { ToolRecord } from "../../schemas/control/ToolsApi.ts"
import { ToolInputInvalid, ToolNotFound } from "../../schemas/errors/tools.ts"
import { type Grant, isGranted } from "../../schemas/Grant.ts"
import { isToolName, TOOLS, type Tool } from "../../schemas/tools.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { issuesInWords } from "../control/issues.ts"
import { editMessage, react, unsendMessage, vote } from "./acting.ts"
import { createChat } from "./creating.ts"
import { getDelivery } from "./deliveries.ts"
import { addToGroup, leaveGroup, removeFromGroup, renameGroup, setGroupIcon } from "./groups.ts"
import { listPairings } from "./pairings.ts"
import { reachOf } from "./reach.ts"
import { listTheChats, readMessages, searchMessages } from "./reading.ts"
import { recordOf } from "./recordOf.ts"
import { sendMessage, sendPoll } from "./sending.ts"
import { waitForMessages } from "./waiting.ts"

/** The tools that a grant is worth. */
export const toolsOf = (grant: Grant): ReadonlyArray<Tool> =>
  Object.values<Tool>(TOOLS).filter(
    ({ makesChat = false, scopes }) =>
      isGranted(grant, scopes) && !(makesChat && reachOf(grant, "send")._tag === "Only")
  )

/** The same as whoever has the grant is told of them: their schemas are made for who asks what there is, not for who calls. */
export const recordsOf = (grant: Grant): ReadonlyArray<ToolRecord> => toolsOf(grant).map(recordOf)

/** What a tool does with what it was given, once that is known to be what it takes. */
const taking =
  <I, A, E, R>(
    { input, name }: { readonly name: string; readonly input: Schema.Schema<I, I> },
    run: (input: I) => Effect.Effect<A, E, R>
  ) =>
  (given: unknown) =>
    Schema.decodeUnknown(input)(given, { onExcessProperty: "error", errors: "all" }).pipe(
      Effect.mapError((error) => {
        const issues = ParseResult.ArrayFormatter.formatErrorSync(error)
        return new ToolInputInvalid({ tool: name, detail: issuesInWords(issues) })
      }),
      Effect.flatMap(run)
    )

const handlers = {
  list_chats: taking(TOOLS.list_chats, listTheChats),
  read_messages: taking(TOOLS.read_messages, readMessages),
  search_messages: taking(TOOLS.search_messages, searchMessages),
  send_message: taking(TOOLS.send_message, sendMessage),
  send_poll: taking(TOOLS.send_poll, sendPoll),
  react: taking(TOOLS.react, react),
  edit_message: taking(TOOLS.edit_message, editMessage),
  unsend_message: taking(TOOLS.unsend_message, unsendMessage),
  vote: taking(TOOLS.vote, vote),
  rename_group: taking(TOOLS.rename_group, renameGroup),
  set_group_icon: taking(TOOLS.set_group_icon, setGroupIcon),
  add_to_group: taking(TOOLS.add_to_group, addToGroup),
  remove_from_group: taking(TOOLS.remove_from_group, removeFromGroup),
  leave_group: taking(TOOLS.leave_group, leaveGroup),
  create_chat: taking(TOOLS.create_chat, createChat),
  get_delivery: taking(TOOLS.get_delivery, getDelivery),
  wait_for_messages: taking(TOOLS.wait_for_messages, waitForMessages),
  list_pairings: taking(TOOLS.list_pairings, listPairings)
}

/** An agent's deeds are its own, by whatever door it came. */
const onBehalfOfAgent =
  ({ by }: Grant) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    by?._tag === "Agent"
      ? Effect.provideService(effect, OnBehalfOf, { _tag: "Agent", agentId: by.agentId })
      : effect

const call = (grant: Grant, name: string, given: unknown) =>
  Effect.gen(function* () {
    const known = toolsOf(grant).map((tool) => tool.name)
    if (!isToolName(name) || !known.includes(name)) return yield* new ToolNotFound({ tool: name, known })
    return yield* handlers[name](given)
  })

/** The answer of a tool, as JSON; at most `RESULT_BYTES` of it. */
export const callTool = (name: string, given: unknown) =>
  Effect.flatMap(AskedWith, (grant) => onBehalfOfAgent(grant)(call(grant, name, given)))
