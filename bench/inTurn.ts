/** Floor and gateway in turn, so that what else the machine does falls on both. */
import { Effect } from "effect"
import type { SubjectKind } from "./subject.ts"

const KINDS: ReadonlyArray<SubjectKind> = ["floor", "gateway"]

/** The values of both, in the order in which they were taken. */
export interface Both<A> {
  readonly floor: ReadonlyArray<A>
  readonly gateway: ReadonlyArray<A>
}

/** Measures so many times, floor and gateway in turn. */
export const inTurn = <A, E, R>(times: number, measure: (kind: SubjectKind) => Effect.Effect<A, E, R>) =>
  Effect.map(
    Effect.forEach(Array.from({ length: times }), () => Effect.forEach(KINDS, measure)),
    (rounds): Both<A> => ({
      floor: rounds.flatMap(([floor]) => (floor === undefined ? [] : [floor])),
      gateway: rounds.flatMap(([, gateway]) => (gateway === undefined ? [] : [gateway]))
    })
  )

/** One figure of each value. */
export const each = <A>({ floor, gateway }: Both<A>, figure: (a: A) => number) => ({
  floor: floor.map(figure),
  gateway: gateway.map(figure)
})
