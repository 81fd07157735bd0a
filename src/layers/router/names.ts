/** All that the sender and the chat of an envelope are called, for what names one of them: lists, bindings, settings. */
import { Array as Arr } from "effect"
import { type AllowList, admits } from "../../schemas/AllowList.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { ChatNames } from "../../schemas/GroupSettings.ts"
import { handlesOf, type People } from "../../schemas/People.ts"

/** An envelope as each handle of its sender's person could have sent it, in each chat that its group is or was. */
export type Guises = Arr.NonEmptyReadonlyArray<Envelope>

export const guisesOf = (
  people: People,
  envelope: Envelope,
  chats: ReadonlyArray<ChatNames> = []
): Guises => {
  const byChat: Guises = [envelope, ...chats.slice(1).map((chat) => ({ ...envelope, ...chat }))]
  const byHandle = Arr.map(handlesOf(people, envelope.sender), (sender) =>
    Arr.map(byChat, (guise) => ({ ...guise, sender }))
  )
  return Arr.flatten(byHandle)
}

/** Whether a list names the sender or the chat of an envelope by any of their names. */
export const admitsAny = (list: AllowList, guises: Guises): boolean =>
  Arr.some(guises, (guise) => admits(list, guise))
