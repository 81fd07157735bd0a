/** What the control server says of chats, and of what was decided in them. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Decision, Figures } from "../Decision.ts"
import { NotFound, Refused, Unavailable } from "./failures.ts"
import { InScope, Needs } from "./InScope.ts"
import { ChatRecord, MessageRecord } from "./Records.ts"

const described = (text: string) => OpenApi.annotations({ description: text })

const whole = (from: number, to: number) =>
  Schema.NumberFromString.pipe(Schema.int(), Schema.between(from, to))
const atMost = (most: number) => Schema.optionalWith(whole(1, most), { exact: true })
const account = Schema.optionalWith(Schema.String, { exact: true })

export const chats = HttpApiGroup.make("chats")
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("chats", "/chats")
      .setUrlParams(Schema.Struct({ account, limit: atMost(1000) }))
      .addSuccess(Schema.Array(ChatRecord))
      .annotateContext(
        described("The chats of an account, by its child; last spoken in first, 20 unless told.")
      )
      .annotate(Needs, ["read"])
  )
  .add(
    HttpApiEndpoint.get("history", "/chats/:chat/history")
      .setPath(Schema.Struct({ chat: whole(1, Number.MAX_SAFE_INTEGER) }))
      .setUrlParams(Schema.Struct({ account, limit: atMost(1000) }))
      .addSuccess(Schema.Array(MessageRecord))
      .annotateContext(
        described("The last messages of a chat, oldest first, 20 unless told. The audit log has who asked.")
      )
      .annotate(Needs, ["read"])
  )
  .add(
    HttpApiEndpoint.get("decisions", "/decisions")
      .setUrlParams(
        Schema.Struct({
          account,
          chat: Schema.optionalWith(whole(1, Number.MAX_SAFE_INTEGER), { exact: true }),
          limit: atMost(1000)
        })
      )
      .addSuccess(Schema.Array(Decision))
      .annotateContext(
        described(
          "What was decided of the last rows of an account, or of one of its chats, and what came of it; newest first, 20 unless told."
        )
      )
  )
  .add(
    HttpApiEndpoint.get("figures", "/figures")
      .setUrlParams(Schema.Struct({ hours: atMost(168), spans: atMost(500) }))
      .addSuccess(Schema.Array(Figures))
      .annotateContext(
        described("What happened in the last hours (24), in so many spans of time (96), oldest first.")
      )
  )
  .addError(NotFound)
  .addError(Refused)
  .addError(Unavailable)
