/** What a session does next. */
import { type Array as Arr, Data } from "effect"
import type { Ask } from "./runTurn.ts"

/** A turn, with the messages that are done with it; or messages that are done without one. */
export type NextBatch<R> = Data.TaggedEnum<{
  Ask: { readonly ask: Ask; readonly requests: Arr.NonEmptyReadonlyArray<R> }
  /** They were stopped. */
  Drop: { readonly requests: Arr.NonEmptyReadonlyArray<R> }
}>
interface NextBatchDefinition extends Data.TaggedEnum.WithGenerics<1> {
  readonly taggedEnum: NextBatch<this["A"]>
}
export const NextBatch = Data.taggedEnum<NextBatchDefinition>()
