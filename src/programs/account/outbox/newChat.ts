/** What is asked of imsg to make a chat. */
import { Effect } from "effect"
import type { CreateChat } from "../../../schemas/Act.ts"
import { BridgeMethods } from "../../../schemas/BridgeMethods.ts"
import type { PartRequest } from "./request.ts"

/** The row is that of its first message, where it has one. */
export const ofNewChat = ({ addresses, name, text }: CreateChat): PartRequest => {
  const params = {
    addresses,
    service: "iMessage",
    ...(name === undefined ? {} : { name }),
    ...(text === undefined ? {} : { text })
  } as const
  const { chatsCreate } = BridgeMethods
  return {
    method: chatsCreate.name,
    form: "act",
    params,
    ask: (session, timeoutMs) =>
      Effect.map(session.request(chatsCreate, params, timeoutMs), ({ message_guid: guid, ok }) => ({
        ...(guid === undefined ? {} : { guid }),
        ...(ok === undefined ? {} : { ok })
      }))
  }
}
