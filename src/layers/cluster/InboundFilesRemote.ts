/**
 * Files of people where a turn may run on another host than its account: they lie where Messages is. What is reached over SSH
 * is fetched by whichever host needs it, as everywhere, and by the account's host where this one has no way there; the
 * rest is asked for from the account's host. That one judges it, and makes pictures readable.
 */
import type { FileSystem, Path } from "@effect/platform"
import { Clock, Effect, Layer, Option } from "effect"
import type { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import type { GivenFile } from "../../schemas/Turn.ts"
import { AccountHosts } from "../../services/AccountHosts.ts"
import type { ConfigService } from "../../services/ConfigService.ts"
import { type AccountFiles, type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { judged, REMOTE_WITHIN_MS, type Reason } from "../media/InboundFilesLive.ts"
import { remoteHostOf } from "../remote/cliCommand.ts"
import { type FilesOfAccount, makeHostFiles } from "./hostFiles.ts"

const make = (stateDir: string, cacheBytes: number | undefined) =>
  Effect.gen(function* () {
    const here = yield* InboundFiles
    const hosts = yield* AccountHosts
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const fetch = yield* makeHostFiles(stateDir, cacheBytes)

    const isOverSsh = (account: AccountFiles) =>
      account.cliPath === undefined
        ? Effect.succeed(false)
        : Effect.map(
            Effect.provide(remoteHostOf({ ...account, cliPath: account.cliPath }), platform),
            Option.isSome
          )

    /** As this host finds it by itself. */
    const alone = (
      account: AccountFiles,
      file: EnvelopeAttachment,
      reader: FileReader,
      withinMs: number
    ): Effect.Effect<GivenFile, Reason> =>
      here.examine(account, [file], reader).pipe(
        Effect.timeoutFail({ duration: withinMs, onTimeout: (): Reason => "could not be fetched" }),
        Effect.flatMap(({ attachments: [given], withheld: [refused] }) =>
          given === undefined ? Effect.fail(refused?.reason ?? "missing") : Effect.succeed(given)
        )
      )

    const examineElsewhere = (
      account: FilesOfAccount,
      files: ReadonlyArray<EnvelopeAttachment>,
      reader: FileReader
    ) =>
      Effect.gen(function* () {
        const deadline = (yield* Clock.currentTimeMillis) + REMOTE_WITHIN_MS
        const left = Effect.map(Clock.currentTimeMillis, (now) => Math.max(deadline - now, 0))
        const hasWay = yield* isOverSsh(account)
        const fromItsHost = (file: EnvelopeAttachment) =>
          Effect.flatMap(left, (withinMs) => fetch({ account, file, reader, withinMs }))
        return yield* judged(files, (file) =>
          hasWay
            ? Effect.flatMap(left, (withinMs) => alone(account, file, reader, withinMs)).pipe(
                Effect.catchIf(
                  (reason) => reason === "could not be fetched",
                  () => fromItsHost(file)
                )
              )
            : fromItsHost(file)
        )
      })

    return InboundFiles.of({
      examine: (account, files, reader = "program") =>
        Effect.gen(function* () {
          const { id } = account
          return files.length === 0 || id === undefined || (yield* hosts.isHere(id))
            ? yield* here.examine(account, files, reader)
            : yield* examineElsewhere({ ...account, id }, files, reader)
        })
    })
  })

/**
 * Takes the files of this host, and gives those of all hosts. What is asked for by another host is not to be answered by
 * it: that is a matter of the files here alone.
 */
export const layer = (
  stateDir: string,
  cacheBytes?: number
): Layer.Layer<
  InboundFiles,
  never,
  InboundFiles | AccountHosts | ConfigService | FileSystem.FileSystem | Path.Path
> => Layer.scoped(InboundFiles, make(stateDir, cacheBytes))
