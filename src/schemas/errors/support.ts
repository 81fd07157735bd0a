/** Why there is no file for a bug report. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** The file cannot be written, or is there already. */
export class SupportFileUnusable extends GatewayError<SupportFileUnusable>()("SupportFileUnusable", {
  code: "support_file_unusable",
  fields: { file: Schema.String, detail: Schema.String },
  message: ({ detail, file }) => `${file} cannot be written: ${detail}`,
  hint: "Name another file with --output, in a folder that this user may write to."
}) {}
