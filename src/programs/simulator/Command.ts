/** `imsg-gateway simulator`: a stand-in for imsg over a chat.db of its own, and the people who write to it. */
import { Command, Options } from "@effect/cli"
import { Effect, Layer, Option } from "effect"
import { become, Manner } from "../commands/cli/Ending.ts"
import { bridgeCommand, statusCommand } from "./bridgeCommands.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { bridge, build, db, printJson } from "./options.ts"
import { edit, poll, react, unsend, vote } from "./peopleCommands.ts"
import { rpcServer } from "./RpcServer.ts"
import { received } from "./receivedFiles.ts"
import { Settings } from "./Settings.ts"

const rpc = Command.make(
  "rpc",
  {
    db,
    build,
    debounceMs: Options.integer("debounce-ms").pipe(
      Options.optional,
      Options.withDescription("Overrides the debounce_ms of every subscription.")
    ),
    holdMs: Options.integer("hold-ms").pipe(
      Options.optional,
      Options.withDescription(
        "For how long the watch holds a new row: by itself 2000 from 0.13 on, as imsg does for link previews."
      )
    ),
    bridge,
    noRpc: Options.boolean("no-rpc").pipe(
      Options.withDescription("Behave like a build that has no rpc command: exit 64.")
    )
  },
  ({ bridge, build, db, debounceMs, holdMs }) =>
    // It ends by itself where nobody reads any more.
    rpcServer.pipe(
      Effect.provide(
        Layer.merge(
          ChatDatabase.layer(db),
          Layer.succeed(Settings, {
            build,
            bridge,
            debounceMs: Option.getOrUndefined(debounceMs),
            holdMs: Option.getOrUndefined(holdMs)
          })
        )
      ),
      (server) => Effect.zipRight(become(Manner.Daemon()), server)
    )
).pipe(Command.withDescription("Speak JSON-RPC on stdin and stdout, as `imsg rpc` does."))

const receive = Command.make(
  "receive",
  {
    db,
    chat: Options.integer("chat").pipe(Options.withDescription("The id of the chat.")),
    from: Options.text("from").pipe(Options.withDescription("The phone number or email of the sender.")),
    text: Options.text("text").pipe(
      Options.withDefault(""),
      Options.withDescription("What they write. A message of files alone needs none.")
    ),
    files: Options.text("file").pipe(
      Options.withPseudoName("FILE"),
      Options.repeated,
      Options.withDescription("A file that they send with it, where it lies; several are several files.")
    )
  },
  ({ chat, db, files, from, text }) =>
    ChatDatabase.pipe(
      Effect.flatMap((chats) =>
        Effect.flatMap(Effect.forEach(files, received), (attachments) =>
          chats.receive({ chatId: chat, sender: from, text, attachments })
        )
      ),
      Effect.flatMap(printJson),
      Effect.provide(ChatDatabase.layer(db))
    )
).pipe(Command.withDescription("Let another person write into a chat; prints rowId and guid as JSON."))

const chat = Command.make(
  "chat",
  {
    db,
    handles: Options.text("with").pipe(
      Options.atLeast(1),
      Options.withDescription("A phone number or email; several make a group.")
    ),
    name: Options.text("name").pipe(Options.optional, Options.withDescription("The name of the group."))
  },
  ({ db, handles, name }) =>
    ChatDatabase.pipe(
      Effect.flatMap((chats) =>
        handles.length === 1
          ? chats.addDirectChat({ handle: handles[0] })
          : chats.addGroupChat({ handles, ...(Option.isSome(name) ? { name: name.value } : {}) })
      ),
      Effect.flatMap(printJson),
      Effect.provide(ChatDatabase.layer(db))
    )
).pipe(Command.withDescription("Create a chat with one person or a group; prints it as JSON."))

const sent = Command.make("sent", { db }, ({ db }) =>
  ChatDatabase.pipe(
    Effect.flatMap((chats) => chats.sent()),
    Effect.flatMap(Effect.forEach(printJson, { discard: true })),
    Effect.provide(ChatDatabase.layer(db))
  )
).pipe(Command.withDescription("Print the outgoing messages, one JSON object a line."))

/** The subcommand of `imsg-gateway`. */
export const simulatorCommand = Command.make("simulator").pipe(
  Command.withDescription("A stand-in for Messages and imsg, for trying the gateway without a Mac."),
  Command.withSubcommands([
    rpc,
    receive,
    chat,
    sent,
    react,
    poll,
    vote,
    edit,
    unsend,
    bridgeCommand,
    statusCommand
  ])
)
