/** The methods of the bridge for polls. */
import { Effect } from "effect"
import { ChatDatabase } from "../ChatDatabase.ts"
import type { Params } from "../Params.ts"
import { invalidParams } from "../Rpc.ts"
import { Settings } from "../Settings.ts"
import { messageOf, refusedByHelper, required } from "./call.ts"
import { inChat } from "./messageMethods.ts"
import { optionOf, pollOf } from "./polls.ts"

/** `poll.send`. From 0.12.3 on its question goes out as a message too, unless it is not wanted. */
export const sendPoll = (params: Params<"poll.send">) =>
  Effect.gen(function* () {
    const { options = [], reply_to: replyTo, suppress_comment: isAlone = false } = params
    const question = yield* required("question", params.question)
    if (options.length < 2 || options.some((option) => option.trim() === ""))
      return yield* invalidParams("options must have at least 2 non-empty strings")
    const db = yield* ChatDatabase
    const { build } = yield* Settings
    return yield* inChat("poll.send", params, (chat) =>
      Effect.gen(function* () {
        const reply = replyTo === undefined ? {} : { replyTo }
        if (replyTo !== undefined) yield* messageOf("poll.send", replyTo, chat.id)
        const made = yield* db.poll({ chatId: chat.id, sender: null, question, options, ...reply })
        if (build.captionsPolls && !(isAlone && build.canSuppressCaptions))
          yield* db.send({ chatId: chat.id, text: question })
        return {
          result: {
            ok: true,
            guid: made.guid,
            ...(build.strict ? { message_id: made.guid, chat_guid: chat.guid } : {}),
            poll: { question, options: made.options }
          }
        }
      })
    )
  })

const voting = (method: "poll.vote" | "poll.unvote") => (params: Params<"poll.vote">) =>
  Effect.gen(function* () {
    const guid = yield* required("poll_guid", params.poll_guid)
    const { option: text, option_id: id, option_index: index } = params
    if ([id, index, text].filter((value) => value !== undefined).length !== 1)
      return yield* invalidParams("use exactly one of option_id, option_index and option")
    if (index !== undefined && index < 1) return yield* invalidParams("option_index counts from 1")
    const db = yield* ChatDatabase
    return yield* inChat(method, params, (chat) =>
      Effect.gen(function* () {
        const row = yield* messageOf(method, guid, chat.id)
        const poll = pollOf(row)
        if (poll === undefined) return yield* refusedByHelper(method, `Message is not a poll: ${guid}`)
        const option = optionOf(poll.options, { id, index, text })
        if (option === undefined) return yield* refusedByHelper(method, "Poll option not found")
        const remove = method === "poll.unvote"
        const vote = yield* db.vote({ poll: row.guid, sender: null, option: { id: option.id }, remove })
        return {
          result: {
            ok: true,
            guid: vote.guid,
            poll_guid: row.guid,
            option_id: option.id,
            option: option.text
          }
        }
      })
    )
  })

/** `poll.vote` */
export const vote = voting("poll.vote")

/** `poll.unvote` */
export const unvote = voting("poll.unvote")
