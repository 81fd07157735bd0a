/** What an agent is asked through where no gateway runs: stores in memory, and a folder that goes with the scope. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer } from "effect"
import * as AgentAccessLive from "../../../layers/agent/AgentAccessLive.ts"
import * as AgentLive from "../../../layers/agent/AgentLive.ts"
import * as ChunkerLive from "../../../layers/chunker/ChunkerLive.ts"
import * as EventsLive from "../../../layers/events/EventsLive.ts"
import * as GroupChatsSql from "../../../layers/groups/GroupChatsSql.ts"
import * as GroupHistorySql from "../../../layers/groups/GroupHistorySql.ts"
import * as InboundFilesLive from "../../../layers/media/InboundFilesLive.ts"
import * as OutboundFilesLive from "../../../layers/media/OutboundFilesLive.ts"
import * as PicturesLive from "../../../layers/media/pictures/PicturesLive.ts"
import * as TranscriptionLive from "../../../layers/media/transcription/TranscriptionLive.ts"
import * as MetricsLive from "../../../layers/metrics/MetricsLive.ts"
import * as OutboxSql from "../../../layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../../layers/pairing/PairingStoreSql.ts"
import * as PermissionsDenied from "../../../layers/permissions/PermissionsDenied.ts"
import * as ProcessGroupLive from "../../../layers/process/ProcessGroupLive.ts"
import * as RemoteFilesSsh from "../../../layers/remote/RemoteFilesSsh.ts"
import * as RouterLive from "../../../layers/router/RouterLive.ts"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import { TurnNotAwaited } from "../../../schemas/errors/agent.ts"
import { InboundFiles } from "../../../services/InboundFiles.ts"
import { LateReplies } from "../../../services/LateReplies.ts"
import { OwnProgram } from "../../../services/OwnProgram.ts"

/** The files of a test are the owner's, on this machine: they need lie in no folder of Messages. */
const filesHere = Layer.effect(
  InboundFiles,
  Effect.gen(function* () {
    const { dirname } = yield* Path.Path
    const { examine } = yield* InboundFiles
    return InboundFiles.of({
      examine: ({ mediaMaxMb }, files, reader) =>
        examine({ mediaMaxMb, attachmentRoots: files.map(({ path }) => dirname(path)) }, files, reader)
    })
  })
)

/** A reply that comes later comes to a gateway that runs: here it is not waited for. */
const noLateReplies = Layer.succeed(LateReplies, {
  expect: () =>
    Effect.succeed(
      Effect.as(
        Effect.logWarning(
          "the agent answered 202: it took the turn, and its reply comes later, to a gateway that runs"
        ),
        { replies: [] }
      )
    ),
  give: (turnId) => new TurnNotAwaited({ turnId })
})

/** There is no gateway whose tools an agent could use. */
const noTools = Layer.merge(AgentAccessLive.layer, Layer.succeed(OwnProgram, undefined))

const noListeners = Layer.provide(EventsLive.layer, MetricsLive.layer)

/** Needs the config. */
export const askingLive = Layer.unwrapScoped(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-test-" }))
    const files = filesHere.pipe(
      Layer.provide(InboundFilesLive.layer),
      Layer.provide([RemoteFilesSsh.layer(folder), PicturesLive.layer(folder)])
    )
    return Layer.mergeAll(
      ChunkerLive.layer,
      OutboundFilesLive.layer(folder),
      TranscriptionLive.layer,
      RouterLive.layer,
      files,
      Layer.provideMerge(
        Layer.provide(AgentLive.layer, [noLateReplies, noTools, noListeners]),
        PermissionsDenied.layer
      )
    ).pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          GroupChatsSql.layer,
          GroupHistorySql.layer,
          OutboxSql.layer,
          PairingStoreSql.layer,
          ProcessGroupLive.layer
        )
      ),
      Layer.provide(DatabaseSqlite.memory)
    )
  })
)
