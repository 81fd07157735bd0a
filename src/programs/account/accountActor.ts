/**
 * What an account does for the other hosts, where there are any: on the host that runs it, with the child, the chats and the
 * files that are there. Nothing of it sends: what is said goes out of the store, under the lock of the account's shard.
 */
import { Entity, type Sharding } from "@effect/cluster"
import { FileSystem } from "@effect/platform"
import { Effect, Layer, Option, Schema, Stream } from "effect"
import { AccountActor, type FilePiece, type FileRefusal, PIECE_BYTES } from "../../schemas/AccountActor.ts"
import type { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import { AccountNotRunning } from "../../schemas/errors/control.ts"
import { RpcFailed } from "../../schemas/errors/imsg.ts"
import { method } from "../../schemas/ImsgMethod.ts"
import { Code, Methods } from "../../schemas/ImsgProtocol.ts"
import { accountActorIn } from "../../services/AccountHosts.ts"
import { Accounts } from "../../services/Accounts.ts"
import { Actors, accountOfPlace } from "../../services/Actors.ts"
import { type Askable, Children } from "../../services/Children.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Presence } from "../../services/Presence.ts"
import { chatsGet } from "../chats/Listed.ts"
import { messagesSearch } from "../chats/search.ts"
import { makeTypists } from "./presence/typists.ts"

/** How long an account that nobody asks stays in memory: longer than anybody is seen writing unasked. */
const MAX_IDLE = "2 minutes"
/** Requests of other hosts at a time. */
const MOST_REQUESTS = 1024

/** What other hosts may ask a child for: all of it only reads. */
const ASKED_FOR: ReadonlySet<string> = new Set(
  [
    Methods.chatsList,
    chatsGet,
    Methods.messagesHistory,
    Methods.messagesAfter,
    messagesSearch,
    Methods.sendStatus
  ].map(({ name }) => name)
)

/** The response as it came: who asked knows its form. */
const askedFor = (name: string) => method<{ readonly [key: string]: unknown }>()(name, Schema.Unknown)

/** Asks for the child of an account. */
const makeAsk = (accountId: string) =>
  Effect.map(Children, (children) => {
    const child = children.of(accountId)
    return {
      known: Effect.flatMap(
        child,
        Option.match({
          onNone: () => Effect.succeed(null),
          onSome: ({ build: { methods, version }, capabilities }: Askable) =>
            Effect.map(capabilities, (now) => ({ build: { methods, version }, capabilities: now }))
        })
      ),
      ask: (name: string, params: { readonly [key: string]: unknown }, timeoutMs: number) =>
        Effect.gen(function* () {
          if (!ASKED_FOR.has(name)) {
            const reason = "no other host may ask for it"
            return yield* new RpcFailed({ method: name, rpcCode: Code.methodNotFound, reason })
          }
          const session = yield* child
          if (Option.isNone(session)) return yield* new AccountNotRunning({ account: accountId })
          return yield* session.value.request(askedFor(name), params, timeoutMs)
        })
    }
  })

/** The function that gives the files of an account. */
const makeReadFile = (accountId: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const files = yield* InboundFiles
    const fs = yield* FileSystem.FileSystem

    return (file: EnvelopeAttachment, reader: FileReader): Stream.Stream<FilePiece, FileRefusal> =>
      Stream.unwrap(
        Effect.gen(function* () {
          const account = (yield* config.current).accounts.find(({ id }) => id === accountId)
          if (account === undefined) return Stream.fail<FileRefusal>("could not be fetched")
          const {
            attachments: [given],
            withheld: [refused]
          } = yield* files.examine(account, [file], reader)
          if (given === undefined) return Stream.fail(refused?.reason ?? "missing")
          const { bytes, mimeType, name, path } = given
          // As long as it was when it was judged. Who reads it sees where less comes.
          const contents = fs
            .stream(path, { chunkSize: PIECE_BYTES, bytesToRead: bytes, bufferSize: 2 })
            .pipe(
              // One piece in each message.
              Stream.rechunk(1),
              Stream.mapBoth({
                onFailure: (): FileRefusal => "could not be fetched",
                onSuccess: (contents): FilePiece => ({ _tag: "Contents", contents })
              })
            )
          return Stream.concat(Stream.make<[FilePiece]>({ _tag: "File", bytes, mimeType, name }), contents)
        })
      )
  })

const makeHandlers = Effect.gen(function* () {
  const accountId = accountOfPlace((yield* Entity.CurrentAddress).entityId)
  const accounts = yield* Accounts
  const presence = yield* Presence
  const { ask, known } = yield* makeAsk(accountId)
  const readFile = yield* makeReadFile(accountId)
  const { quiet, typing } = yield* makeTypists(accountId)
  return AccountActor.of({
    Child: () => known,
    Ask: ({ payload: { method, params, timeoutMs } }) => ask(method, params, timeoutMs),
    Restart: () => Effect.orDie(accounts.restart(accountId)),
    Typing: ({ payload: { chat, turn } }) => typing(turn, chat),
    Quiet: ({ payload: { turn } }) => quiet(turn),
    Read: ({ payload: { chat } }) => presence.read(accountId, chat),
    IsShown: ({ payload: { chat } }) => presence.isShown(accountId, chat),
    ReadFile: ({ payload: { file, reader } }) => readFile(file, reader)
  })
})

/** Its services are those of this host: what they know of other hosts' accounts is not asked again from here. */
export const layer: Layer.Layer<
  never,
  never,
  Sharding.Sharding | Accounts | Children | ConfigService | InboundFiles | Presence | FileSystem.FileSystem
> = Layer.unwrapEffect(
  Effect.map(Actors, ({ groups }) =>
    accountActorIn(groups).toLayer(makeHandlers, {
      // One that waits for a child holds up none of the others.
      concurrency: "unbounded",
      mailboxCapacity: MOST_REQUESTS,
      maxIdleTime: MAX_IDLE,
      // A request that runs into a defect is answered by it, and not tried again and again.
      disableFatalDefects: true
    })
  )
)
