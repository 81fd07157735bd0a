/** What each tool takes. */
import { Schema } from "effect"
import { Effect as MessageEffect } from "./Act.ts"
import { MAX_HANDLE, MAX_NAME, MAX_PATH } from "./bounds.ts"

/** `Schema.Int` becomes a reference in JSON Schema, whose bounds clients ignore; this does not. */
const whole = (from: number, to: number, description: string) =>
  Schema.Number.pipe(Schema.int(), Schema.between(from, to)).annotations({ description })
const text = (description: string) => Schema.String.annotations({ description })
const bounded = (most: number, description: string) =>
  Schema.String.pipe(Schema.minLength(1), Schema.maxLength(most)).annotations({ description })
const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
const flag = (description: string) => maybe(Schema.Boolean.annotations({ description }))

const account = maybe(text("The account, by its id. Else the only one, or the default one."))
const chatId = whole(1, Number.MAX_SAFE_INTEGER, "The chat, by its `chat_id` as `list_chats` has it.")
const theChat = maybe(
  whole(
    1,
    Number.MAX_SAFE_INTEGER,
    "The chat, by its `chat_id` as `list_chats` has it. Only who has one chat alone can leave it out."
  )
)
const guid = (what: string) =>
  bounded(MAX_NAME, `${what}, by its \`guid\` as \`read_messages\` has it for this chat.`)
const replyTo = maybe(guid("The message of this chat that it is a reply to"))

/** Stands for every account, where several can be meant. */
export const EVERY_ACCOUNT = "*"

const MAX_TEXT = 20_000
/** Those in a group beside the account itself. */
const MOST_OTHERS = 31

/** Of what is delivered: what it is called, and how long its end is waited for. */
const delivered = {
  idempotency_key: maybe(
    bounded(
      200,
      "A name for this call of your own: asked again under the same one, nothing is said or done twice."
    )
  ),
  wait_ms: maybe(whole(0, 60_000, "How long to wait until it is known what became of it; 10000 unless told."))
}

const inChat = { account, chat_id: theChat }

const ofMessages = {
  send_message: Schema.Struct({
    account,
    chat_id: maybe(chatId),
    to: maybe(
      text(
        "Else whom to write to: a phone number in international form, an email, or another target as the gateway prints it. Who may write to one chat only can leave out both."
      )
    ),
    text: bounded(MAX_TEXT, "What to say, as plain text: Messages shows no markdown."),
    reply_to: replyTo,
    effect: maybe(
      MessageEffect.annotations({ description: "An effect of Messages that the text is shown with." })
    ),
    ...delivered
  }),
  send_poll: Schema.Struct({
    ...inChat,
    question: bounded(MAX_NAME, "What is asked."),
    options: Schema.Array(Schema.String.pipe(Schema.minLength(1), Schema.maxLength(MAX_NAME)))
      .pipe(Schema.minItems(2), Schema.maxItems(12))
      .annotations({ description: "What can be voted for, two to twelve." }),
    reply_to: replyTo,
    ...delivered
  }),
  react: Schema.Struct({
    ...inChat,
    guid: guid("The message"),
    reaction: bounded(64, "`love`, `like`, `dislike`, `laugh`, `emphasize`, `question`, or an emoji."),
    remove: flag("Whether it is taken back instead."),
    ...delivered
  }),
  edit_message: Schema.Struct({
    ...inChat,
    guid: guid("One of the gateway's own messages"),
    text: bounded(MAX_TEXT, "What it is to say instead, all of it."),
    ...delivered
  }),
  unsend_message: Schema.Struct({
    ...inChat,
    guid: guid("One of the gateway's own messages"),
    ...delivered
  }),
  vote: Schema.Struct({
    ...inChat,
    guid: guid("The poll"),
    option: Schema.Union(
      Schema.Number.pipe(Schema.int(), Schema.between(1, 12)),
      Schema.String.pipe(Schema.minLength(1), Schema.maxLength(MAX_NAME))
    ).annotations({ description: "The option, by its number from 1 or by its words." }),
    remove: flag("Whether the vote is taken back instead."),
    ...delivered
  })
} as const

const handle = (description: string) => bounded(MAX_HANDLE, description)

const ofGroups = {
  rename_group: Schema.Struct({ ...inChat, name: bounded(MAX_NAME, "Its new name."), ...delivered }),
  set_group_icon: Schema.Struct({
    ...inChat,
    path: maybe(
      bounded(
        MAX_PATH,
        "The picture, by its absolute path on the gateway's machine. Without it the icon is removed."
      )
    ),
    ...delivered
  }),
  add_to_group: Schema.Struct({
    ...inChat,
    handle: handle("Who is added: a phone number in international form, or an email."),
    ...delivered
  }),
  remove_from_group: Schema.Struct({
    ...inChat,
    handle: handle("Who is removed, by their `handle` as `list_chats` has it."),
    ...delivered
  }),
  leave_group: Schema.Struct({ ...inChat, ...delivered }),
  create_chat: Schema.Struct({
    account,
    addresses: Schema.Array(Schema.String.pipe(Schema.minLength(1), Schema.maxLength(MAX_HANDLE)))
      .pipe(Schema.minItems(2), Schema.maxItems(MOST_OTHERS))
      .annotations({
        description: "Who is in it beside the account: phone numbers in international form, or emails."
      }),
    name: maybe(bounded(MAX_NAME, "What it is called.")),
    text: maybe(bounded(MAX_TEXT, "The first message in it, as plain text.")),
    ...delivered
  })
} as const

/** What a tool takes. */
export const inputs = {
  list_chats: Schema.Struct({
    account: maybe(
      text(
        `The account, by its id, or "${EVERY_ACCOUNT}" for all of them. Else the only one, or the default one.`
      )
    ),
    limit: maybe(whole(1, 100, "How many at most, last spoken in first; 20 unless told."))
  }),
  read_messages: Schema.Struct({
    account,
    chat_id: chatId,
    limit: maybe(whole(1, 100, "How many at most, the newest; 20 unless told."))
  }),
  search_messages: Schema.Struct({
    account,
    query: bounded(200, "What the text of a message contains, in any case."),
    limit: maybe(whole(1, 50, "How many at most, newest first; 20 unless told."))
  }),
  ...ofMessages,
  ...ofGroups,
  get_delivery: Schema.Struct({
    delivery_id: text("The `delivery_id` that a tool answered.")
  }),
  wait_for_messages: Schema.Struct({
    account,
    chat_id: maybe(chatId),
    after: maybe(
      whole(
        0,
        Number.MAX_SAFE_INTEGER,
        "The `after` of the last answer, or the `id` of the last message that you know. Else what comes from now on."
      )
    ),
    wait_ms: maybe(whole(0, 60_000, "How long to wait for one; 30000 unless told."))
  }),
  list_pairings: Schema.Struct({
    account: maybe(text("Only those of this account, by its id."))
  })
} as const

export type ToolName = keyof typeof inputs
export type ToolInput<Name extends ToolName> = (typeof inputs)[Name]["Type"]
