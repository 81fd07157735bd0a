/** The section `messages.ack`. */
import { Schema } from "effect"
import { section } from "./section.ts"
import { option, Tapback } from "./values.ts"

/** A tapback that says that a message was seen. */
export const ackKeys = {
  reaction: option(
    Tapback,
    "Which one: `love`, `like`, `dislike`, `laugh`, `emphasize`, `question`, or an emoji, which not every Mac can.",
    "👍"
  ),
  when: option(
    Schema.Literal("slow", "always", "never"),
    "Whether it is given as soon as an agent is asked (`always`), or where a turn takes as long as `interim.afterMs`, in the place of the text of `interim` and in groups too (`slow`).",
    "never"
  )
}

/** The section. */
export const ack = section(
  "Ack",
  "A tapback on the message that is answered, which says that it was seen. It needs imsg's private bridge; without it there is none.",
  ackKeys
)
