/** What people do in Messages beside writing, as commands. Without `--from` it is the owner of the Mac who does it. */
import { Command, Options } from "@effect/cli"
import { Effect, Option } from "effect"
import { tapbackOf } from "./bridge/tapbacks.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { db, printJson } from "./options.ts"
import { SimulatorRefused } from "./SimulatorRefused.ts"

const from = Options.text("from").pipe(
  Options.optional,
  Options.withDescription("The phone number or email of who does it; without it the owner of the Mac.")
)

const message = Options.text("message").pipe(
  Options.withPseudoName("GUID"),
  Options.withDescription("The guid of the message, as `receive` and `sent` print it.")
)

export const react = Command.make(
  "react",
  {
    db,
    message,
    from,
    reaction: Options.text("reaction").pipe(
      Options.withDescription("love, like, dislike, laugh, emphasize or question; or any emoji.")
    ),
    remove: Options.boolean("remove").pipe(Options.withDescription("Take the tapback back."))
  },
  ({ db, from, message, reaction, remove }) =>
    Effect.gen(function* () {
      const chats = yield* ChatDatabase
      const row = yield* Effect.flatMap(
        chats.message(message),
        Effect.mapError(
          () =>
            new SimulatorRefused({
              detail: `there is no message ${message}`,
              hint: "Guids are what `receive` and `sent` print."
            })
        )
      )
      const asked = yield* Effect.mapError(
        tapbackOf({ emoji: reaction, remove }, { anyEmoji: true }),
        () =>
          new SimulatorRefused({
            detail: `there is no tapback "${reaction}"`,
            hint: "Give love, like, dislike, laugh, emphasize, question, or an emoji."
          })
      )
      yield* Effect.flatMap(
        chats.react({
          chatId: row.chatId,
          sender: Option.getOrNull(from),
          to: row.guid,
          reaction: asked.reaction,
          remove: asked.remove,
          ...(asked.emoji === undefined ? {} : { emoji: asked.emoji })
        }),
        printJson
      )
    }).pipe(Effect.provide(ChatDatabase.layer(db)))
).pipe(Command.withDescription("Put a tapback on a message, or take it back; prints rowId and guid as JSON."))

export const poll = Command.make(
  "poll",
  {
    db,
    chat: Options.integer("chat").pipe(Options.withDescription("The id of the chat.")),
    from,
    question: Options.text("question").pipe(Options.withDescription("What is asked.")),
    options: Options.text("option").pipe(
      Options.atLeast(2),
      Options.withDescription("An answer that can be chosen; two or more.")
    )
  },
  ({ chat, db, from, options, question }) =>
    ChatDatabase.pipe(
      Effect.flatMap((chats) =>
        chats.poll({ chatId: chat, sender: Option.getOrNull(from), question, options })
      ),
      Effect.flatMap(printJson),
      Effect.provide(ChatDatabase.layer(db))
    )
).pipe(Command.withDescription("Start a poll in a chat; prints rowId, guid and options as JSON."))

export const vote = Command.make(
  "vote",
  {
    db,
    poll: Options.text("poll").pipe(
      Options.withPseudoName("GUID"),
      Options.withDescription("The guid of the poll, as `poll` prints it.")
    ),
    from,
    option: Options.text("option").pipe(Options.withDescription("The answer, in its words.")),
    remove: Options.boolean("remove").pipe(Options.withDescription("Take the vote back."))
  },
  ({ db, from, option, poll, remove }) =>
    ChatDatabase.pipe(
      Effect.flatMap((chats) =>
        chats.vote({ poll, sender: Option.getOrNull(from), option: { text: option }, remove })
      ),
      Effect.flatMap(printJson),
      Effect.provide(ChatDatabase.layer(db))
    )
).pipe(Command.withDescription("Vote in a poll, or take a vote back; prints rowId and guid as JSON."))

export const edit = Command.make(
  "edit",
  {
    db,
    message,
    text: Options.text("text").pipe(Options.withDescription("What the message says from now on."))
  },
  ({ db, message, text }) =>
    ChatDatabase.pipe(
      Effect.flatMap((chats) => chats.edit({ guid: message, text })),
      Effect.provide(ChatDatabase.layer(db))
    )
).pipe(
  Command.withDescription("Edit a message in its place. No watch announces it: who reads it again sees it.")
)

export const unsend = Command.make("unsend", { db, message }, ({ db, message }) =>
  ChatDatabase.pipe(
    Effect.flatMap((chats) => chats.unsend(message)),
    Effect.provide(ChatDatabase.layer(db))
  )
).pipe(Command.withDescription("Take a message back: it stays, empty. No watch announces it."))
