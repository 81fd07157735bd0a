/** What a part has beside its words or its file, and what of that a request leaves out. */
import type { Part } from "../../../schemas/Delivery.ts"
import type { Extra } from "../../../schemas/Extra.ts"

/** The parameter of imsg that each of them becomes. */
const PARAMETERS: Readonly<Record<Extra, string>> = {
  reply_to: "reply_to",
  effect: "effect",
  voice: "audio",
  poll: "question"
}

const extrasOf = (part: Part): ReadonlyArray<Extra> => {
  switch (part._tag) {
    case "Text":
      return [
        ...(part.replyTo === undefined ? [] : ["reply_to" as const]),
        ...(part.effect === undefined ? [] : ["effect" as const])
      ]
    case "File":
      return [
        ...(part.replyTo === undefined ? [] : ["reply_to" as const]),
        ...(part.voice === true ? ["voice" as const] : [])
      ]
    case "Poll":
      return ["poll", ...(part.replyTo === undefined ? [] : ["reply_to" as const])]
    default:
      return []
  }
}

/** The part with nothing beside its words or its file. */
export const withoutExtras = (part: Part): Part => {
  switch (part._tag) {
    case "Text":
      return { _tag: "Text", text: part.text }
    case "File":
      return { _tag: "File", path: part.path }
    default:
      return part
  }
}

/** What a part is sent without by a request with these parameters. */
export const lackingIn = (part: Part, params: object): ReadonlyArray<Extra> =>
  extrasOf(part).filter((extra) => !(PARAMETERS[extra] in params))
