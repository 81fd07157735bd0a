/** By which targets what is sent may come back in a chat. */
import type { Envelope } from "../../schemas/Envelope.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import { Service, type Target, targetKey } from "../../schemas/Target.ts"

/** What the chat of an envelope may be called by a target. */
export const targetsOf = (envelope: Envelope, region: string): ReadonlySet<string> => {
  const { chatGuid, chatId, chatIdentifier, sender } = envelope
  const handles = [sender, ...(chatIdentifier === undefined ? [] : [normaliseHandle(chatIdentifier, region)])]
  const targets: ReadonlyArray<Target> = [
    ...(chatId === undefined ? [] : [{ _tag: "ChatId", chatId } as const]),
    ...(chatGuid === undefined ? [] : [{ _tag: "ChatGuid", chatGuid } as const]),
    ...(chatIdentifier === undefined ? [] : [{ _tag: "ChatIdentifier", chatIdentifier } as const]),
    ...handles.flatMap((handle) =>
      Service.literals.map((service) => ({ _tag: "Handle", handle, service }) as const)
    )
  ]
  return new Set(targets.map(targetKey))
}
