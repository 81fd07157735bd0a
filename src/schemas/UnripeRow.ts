/**
 * A row that waits, for what Messages has not written yet or for a row that does: it is behind the cursor, and not judged.
 */
import { Schema } from "effect"

/** `until` is when it is judged as it is, in Unix ms. `chatId` is left out where its chat is not known yet. */
export const UnripeRow = Schema.Struct({
  rowId: Schema.Int,
  guid: Schema.NonEmptyString,
  until: Schema.Number,
  chatId: Schema.optionalWith(Schema.Int, { exact: true })
})
export type UnripeRow = typeof UnripeRow.Type

/** The rows of an account, as they are stored. */
export const UnripeRows = Schema.parseJson(Schema.Array(UnripeRow))
