/**
 * What the log says of children that are given up: each time where that heals by itself, and of what waits for a person
 * once, and then every ten minutes for as long as it does.
 */
import { Clock, Effect, Ref } from "effect"
import { inWords } from "../../../schemas/inWords.ts"

const AGAIN_MS = 10 * 60_000

interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** What was said of a problem that lasts; times are Unix ms. */
interface Told {
  readonly code: string
  readonly since: number
  readonly at: number
}

/** What is said of a problem that needs a person, of which `told` was said before: nothing, that it is there, or still. */
const sayingOf = (
  told: Told | undefined,
  code: string,
  now: number
): { readonly says: "nothing" | "there" | "still"; readonly told: Told } => {
  if (told?.code !== code) return { says: "there", told: { code, since: now, at: now } }
  return now - told.at < AGAIN_MS ? { says: "nothing", told } : { says: "still", told: { ...told, at: now } }
}

/** The functions that say why a child was given up, and take note that one runs. */
export const makeSayFailure = Effect.map(Ref.make<Told | undefined>(undefined), (last) => {
  const about = ({ code, hint }: Problem, retryInMs: number) => Effect.annotateLogs({ code, hint, retryInMs })
  return {
    needsPerson: (problem: Problem, retryInMs: number) =>
      Effect.gen(function* () {
        const { says, told } = sayingOf(yield* Ref.get(last), problem.code, yield* Clock.currentTimeMillis)
        yield* Ref.set(last, told)
        if (says === "nothing") return
        const message =
          says === "there" ? problem.message : `for ${inWords(told.at - told.since)} now: ${problem.message}`
        yield* about(problem, retryInMs)(Effect.logError(message))
      }),
    healsByItself: (problem: Problem, retryInMs: number) =>
      Effect.zipRight(
        Ref.set(last, undefined),
        about(problem, retryInMs)(Effect.logWarning(problem.message))
      ),
    isWell: Ref.set(last, undefined)
  }
})
