/** The places at which a message goes from one part of the gateway to the next: there its time can be taken. */
import { Context, Effect, identity } from "effect"

/** A row is judged, a turn is run, a part is sent, a child is opened. */
export type BoundaryName = "row" | "turn" | "part" | "child"

/** What tells one crossing from another: ids and numbers, and nobody's words. */
export type Attributes = Readonly<Record<string, string | number>>

type Around = (
  name: BoundaryName,
  attributes: Attributes
) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** What is done around each crossing: nothing, unless somebody wants to know. */
export class Boundary extends Context.Reference<Boundary>()("imsg-gateway/Boundary", {
  defaultValue: (): Around => () => identity
}) {}

/** Crosses a boundary. */
export const boundary =
  (name: BoundaryName, attributes: Attributes) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Boundary, (around) => around(name, attributes)(effect))
