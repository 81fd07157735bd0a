/** By what a database is known again. */
import { Schema } from "effect"

/** An incoming row as it was seen. `sentAt` is its time by the database, in Unix ms. */
export const Landmark = Schema.Struct({
  rowId: Schema.Int,
  guid: Schema.NonEmptyString,
  chatId: Schema.Int,
  sentAt: Schema.Number
})
export type Landmark = typeof Landmark.Type

/** What is known of an account's database. `newestAt` is the latest time of all rows up to its cursor, in Unix ms. */
export interface Landmarks {
  readonly rows: ReadonlyArray<Landmark>
  readonly newestAt: number | undefined
}

/** Nothing is known yet: the account's first start, or the first since landmarks are kept. */
export const NO_LANDMARKS: Landmarks = { rows: [], newestAt: undefined }
