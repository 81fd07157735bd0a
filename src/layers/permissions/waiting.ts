/** Who waits in this process for what an owner says. */
import { Deferred, Effect } from "effect"

export const makeWaiting = () => {
  const answers = new Map<number, Deferred.Deferred<boolean>>()
  return {
    has: (number: number): boolean => answers.has(number),
    numbers: (): ReadonlyArray<number> => [...answers.keys()],
    /** Waits from now on for what is said of a request; the effect that it answers has that. */
    add: (number: number) =>
      Effect.map(Deferred.make<boolean>(), (answer) => {
        answers.set(number, answer)
        return Deferred.await(answer)
      }),
    remove: (number: number) => Effect.sync(() => answers.delete(number)),
    /** Says whether a request is allowed; false where that was said before. Nobody needs to wait for it. */
    tell: (number: number, allowed: boolean) =>
      Effect.suspend(() => {
        const answer = answers.get(number)
        return answer === undefined ? Effect.succeed(true) : Deferred.succeed(answer, allowed)
      })
  }
}

export type Waiting = ReturnType<typeof makeWaiting>
