/** How a message is to look, as it is asked for: pure. */
import { Either } from "effect"
import type { Build } from "../Build.ts"
import type { StyledRange } from "../fields.ts"
import { invalidParams, type ResponseError } from "../Rpc.ts"
import type { BridgeState } from "./BridgeState.ts"
import type { Look } from "./Extras.ts"
import { hasStyles } from "./usable.ts"

const EFFECTS: ReadonlyArray<string> = [
  "impact",
  "loud",
  "gentle",
  "invisibleink",
  "confetti",
  "lasers",
  "fireworks",
  "balloons",
  "sparkles",
  "spotlight",
  "echo",
  "love",
  "celebration"
]

/** Of styles an older macOS takes no notice; ranges beyond the text are refused by strict builds. */
export const stylesOf = (
  build: Build,
  {
    bridge,
    styles,
    text
  }: {
    readonly bridge: BridgeState
    readonly styles: ReadonlyArray<StyledRange> | undefined
    readonly text: string
  }
): Either.Either<Look, ResponseError> => {
  const beyond = styles?.find(({ length, start }) => start + length > text.length)
  if (build.strict && beyond !== undefined)
    return Either.left(
      invalidParams(`text_formatting: ${beyond.start}+${beyond.length} is outside of the text`)
    )
  return Either.right(styles === undefined || !hasStyles(bridge) ? {} : { styles })
}

/** An effect by its name. Builds before 0.14 take whatever they are given. */
export const effectOf = (build: Build, effect: string | undefined): Either.Either<Look, ResponseError> => {
  if (effect === undefined || effect === "") return Either.right({})
  return build.strict && !EFFECTS.includes(effect)
    ? Either.left(invalidParams(`unknown effect ${effect}; use ${EFFECTS.join(", ")}`))
    : Either.right({ effect })
}
