import type { FileSystem } from "@effect/platform"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Context, Effect, Layer, Option, type ParseResult, Schema } from "effect"
import * as SqlClientSqlite from "../../layers/sqlite/SqlClientSqlite.ts"
import { unavailable as unavailableBy } from "../../layers/sqlite/storeFile.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { makeBridgeWrites } from "./bridge/bridgeWrites.ts"
import { makeLiveMessages } from "./bridge/makeLiveMessages.ts"
import type { ChatDatabaseService } from "./ChatDatabaseService.ts"
import { canonicalHandle, LATE, type NewMessage, OWN_HANDLES, REACTIONS } from "./ChatModel.ts"
import { makeQueries } from "./chatQueries.ts"
import { CREATE, SCHEMA_VERSION } from "./chatSchema.ts"
import { makeWrites, type NewChat } from "./chatWrites.ts"
import { SimulatorRefused } from "./SimulatorRefused.ts"
import { attachSimulatorFile, makeSimulatorTables } from "./simulatorTables.ts"
import { makeUnripe } from "./unripe.ts"

const make = (file: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const unavailable = (detail: string) => new StoreUnavailable({ file, detail })
    const run = <A, R>(effect: Effect.Effect<A, SqlError | ParseResult.ParseError, R>) =>
      effect.pipe(
        Effect.mapError((error) =>
          unavailable(
            error._tag === "SqlError" && error.cause instanceof Error ? error.cause.message : error.message
          )
        ),
        Effect.withTracerEnabled(false)
      )

    // Nothing here must survive a power failure, and a commit without fsync is ten times as quick.
    yield* run(sql.unsafe("PRAGMA synchronous = OFF"))
    const [version] = yield* run(
      Effect.flatMap(
        sql.unsafe("PRAGMA user_version"),
        Schema.decodeUnknown(Schema.Array(Schema.Struct({ user_version: Schema.Int })))
      )
    )
    if (version?.user_version !== SCHEMA_VERSION) {
      yield* run(
        sql.withTransaction(
          Effect.forEach([...CREATE, `PRAGMA user_version = ${SCHEMA_VERSION}`], (statement) =>
            sql.unsafe(statement)
          )
        )
      )
    }

    yield* run(attachSimulatorFile(sql, file))

    const queries = makeQueries(sql)
    const writes = makeWrites(sql)
    const changes = makeBridgeWrites(sql)
    const own = makeSimulatorTables(sql, process.pid)
    const unripe = yield* makeUnripe(own, writes.complete)

    const addChat = (chat: NewChat) =>
      run(Effect.zipRight(writes.addChat(chat), queries.chat({ chatGuid: chat.guid }))).pipe(
        Effect.flatMap(
          Option.match({
            onNone: () => Effect.fail(unavailable(`the chat ${chat.guid} was not written`)),
            onSome: Effect.succeed
          })
        )
      )
    const addMany =
      (separator: ";+;" | ";-;") =>
      (options: { readonly handles: ReadonlyArray<string>; readonly name?: string }) =>
        Effect.flatMap(
          Effect.sync(() => `chat${crypto.randomUUID().replaceAll("-", "").slice(0, 18)}`),
          (identifier) =>
            addChat({
              guid: `iMessage${separator}${identifier}`,
              identifier,
              name: options.name ?? "",
              service: "iMessage",
              kind: "group",
              handles: options.handles.map(canonicalHandle)
            })
        )

    /** How a message of a chat is mirrored, if it is. */
    const mirrored = (chatId: number) =>
      Effect.gen(function* () {
        for (const set of yield* own.activeFaults) {
          if (set.fault._tag !== "mirror") continue
          const chat = yield* queries.chat({ chatId })
          const self = Option.filter(chat, (c) => OWN_HANDLES.includes(c.identifier))
          if (Option.isNone(self) || !(yield* own.claim(set))) break
          return { prefix: set.fault.prefix ?? "", handle: self.value.identifier }
        }
        return undefined
      })

    /** Writes one message, with the row that mirrors it where the fault is set; answers the message's own row. */
    const write = (wanted: NewMessage) =>
      Effect.gen(function* () {
        const mirror = yield* mirrored(wanted.chatId)
        const late = yield* unripe(wanted)
        const message = { ...wanted, without: [...(wanted.without ?? []), ...late.without] }
        const twin = {
          ...message,
          sender: message.sender === null ? (mirror?.handle ?? null) : null,
          text: `${mirror?.prefix ?? ""}${message.text}`,
          without: wanted.without ?? []
        }
        // Of the two rows the outgoing one is written first.
        const rows =
          mirror === undefined ? [message] : message.sender === null ? [message, twin] : [twin, message]
        const inserted = yield* writes.insert(rows, (written) => {
          const outgoing = written[rows.findIndex(({ sender }) => sender === null)]
          return outgoing === undefined ||
            message.reaction !== undefined ||
            message.extras?.poll?._tag === "vote"
            ? Effect.void
            : own.record([{ _tag: "sent", ...outgoing, chatId: message.chatId, text: message.text }])
        })
        const row = inserted[rows.indexOf(message)]
        if (row !== undefined) yield* late.ripen(row.rowId)
        return row
      }).pipe(
        run,
        Effect.filterOrFail(
          (row) => row !== undefined,
          () =>
            new SimulatorRefused({
              detail: `${file} has no chat ${wanted.chatId}`,
              hint: `Create one with \`imsg-gateway simulator chat --db ${file} --with +15555550123\`; it prints its id.`
            })
        )
      )

    return {
      file,
      addDirectChat: ({ handle, service = "iMessage", unified = false }) => {
        const identifier = canonicalHandle(handle)
        return addChat({
          guid: `${unified ? "any" : service};-;${identifier}`,
          identifier,
          name: null,
          service,
          kind: "direct",
          handles: [identifier]
        })
      },
      addGroupChat: addMany(";+;"),
      continueGroup: ({ chatId, service }) =>
        Effect.flatMap(run(queries.chat({ chatId })), (found) =>
          Option.isNone(found)
            ? Effect.fail(unavailable(`there is no chat ${chatId}`))
            : addChat({
                guid: `${service};+;${found.value.identifier}`,
                identifier: found.value.identifier,
                name: found.value.name,
                service,
                kind: "group",
                handles: found.value.participants
              })
        ),
      addThread: addMany(";-;"),
      receive: (options) => write({ ...options, sender: canonicalHandle(options.sender) }),
      send: ({ look, replyTo, ...options }) =>
        write({
          ...options,
          sender: null,
          ...(look === undefined ? {} : { extras: look }),
          ...(replyTo === undefined ? {} : { replyTo, follows: replyTo })
        }),
      react: ({ chatId, emoji, part = 0, reaction, remove = false, sender, to }) =>
        write({
          chatId,
          sender: sender === null ? null : canonicalHandle(sender),
          text: remove ? `Removed a ${reaction} reaction` : `Reacted with ${emoji ?? reaction}`,
          reaction: {
            to,
            part,
            type: (remove ? 3000 : 2000) + REACTIONS.indexOf(reaction),
            ...(emoji === undefined ? {} : { emoji })
          }
        }),
      ...makeLiveMessages({
        write,
        message: (guid) => run(queries.byGuid(guid)),
        edit: (guid, text) => run(changes.edit(guid, text)),
        unsend: (guid) => run(changes.unsend(guid))
      }),
      renameChat: (chatId, name) => run(Effect.asVoid(changes.renameChat(chatId, name))),
      addParticipant: (chatId, handle) => run(changes.addParticipant(chatId, canonicalHandle(handle))),
      removeParticipant: (chatId, handle) =>
        run(Effect.asVoid(changes.removeParticipant(chatId, canonicalHandle(handle)))),
      leaveChat: (chatId) => run(Effect.asVoid(changes.leaveChat(chatId))),
      markUnread: (chatId) => run(Effect.asVoid(changes.markUnread(chatId))),
      bridge: run(own.bridge),
      setBridge: (change) => run(Effect.asVoid(own.setBridge(change))),
      complete: (rowId, parts = LATE) => run(writes.complete(rowId, parts)),
      insertMany: (messages) => run(writes.insert(messages, () => Effect.void)),
      reset: run(writes.reset),
      chats: (limit) => run(queries.chats(limit)),
      chat: (selector) => run(queries.chat(selector)),
      history: (query) => run(queries.history(query)),
      newest: run(queries.newest),
      after: (query) => run(queries.after(query)),
      maxRowId: run(queries.maxRowId),
      countAfter: (rowId) => run(queries.countAfter(rowId)),
      sent: (since) => run(queries.sent(since)),
      sendStatus: (guid) => run(queries.sendStatus(guid)),
      markRead: (chatId) => run(Effect.asVoid(writes.markRead(chatId))),
      reserve: (guid) => run(own.reserve(guid)),
      fault: (fault) => run(Effect.asVoid(own.fault(fault))),
      clearFaults: run(Effect.asVoid(own.clearFaults)),
      activeFaults: run(own.activeFaults),
      claim: (fault) => run(own.claim(fault)),
      record: (events) => run(Effect.asVoid(own.record(events))),
      recorded: (after) => run(own.recorded(after))
    } satisfies ChatDatabaseService
  })

export type { ChatDatabaseService }

/** The database that the simulator works on. */
export class ChatDatabase extends Context.Tag("imsg-gateway/simulator/ChatDatabase")<
  ChatDatabase,
  ChatDatabaseService
>() {
  /** Opens `file`, and creates it where there is none; the folder must exist. */
  static readonly layer = (
    file: string
  ): Layer.Layer<ChatDatabase, StoreUnavailable, FileSystem.FileSystem> =>
    Layer.scoped(ChatDatabase, make(file)).pipe(
      Layer.provide(
        Layer.catchAll(SqlClientSqlite.layer(file), (error) => Layer.fail(unavailableBy(file)(error)))
      )
    )
}
