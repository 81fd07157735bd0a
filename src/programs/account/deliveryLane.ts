/** Which deliveries of an account wait for each other. */
import { Option, Schema } from "effect"
import { Target, targetKey } from "../../schemas/Target.ts"

const decodeTarget = Schema.decodeUnknownOption(Schema.Struct({ target: Target }))

/** The lane of a message for an account: those for one target are carried out one after the other. Empty for none. */
export const laneOf = (payload: unknown): string =>
  Option.match(decodeTarget(payload), {
    onNone: () => "",
    onSome: ({ target }) => targetKey(target)
  })
