/** Turns that agents with tools were given, in memory, for tests. */
import { Effect, HashMap, Option, Ref } from "effect"
import { BegunTurns, type TurnMessages } from "../../src/services/BegunTurns.ts"

/** Keys with the number of the attempt, such as `default:guid-1 0`, and what is known of them. */
export type Begun = HashMap.HashMap<string, "begun" | "over">

export const begunTurnsIn = (all: Ref.Ref<Begun>) => {
  const named = ({ attempt, keys }: TurnMessages) => keys.map((key) => `${key} ${attempt}`)
  const set = (state: "begun" | "over") => (turn: TurnMessages) =>
    Ref.update(all, (before) =>
      named(turn).reduce((states, name) => HashMap.set(states, name, state), before)
    )
  return BegunTurns.of({
    begin: set("begun"),
    end: set("over"),
    takeBack: (turn) => Ref.update(all, HashMap.removeMany(named(turn))),
    stateOf: (turn) =>
      Effect.map(Ref.get(all), (states) => {
        const found = named(turn).flatMap((name) => Option.toArray(HashMap.get(states, name)))
        if (found.length === 0) return "unbegun"
        return found.length === turn.keys.length && found.every((state) => state === "over")
          ? "over"
          : "begun"
      })
  })
}
