/** Files of replies on their way to the Mac that sends them: `imsg` opens them there. */
import { randomBytes } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Stream } from "effect"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { SshFailed } from "../../schemas/errors/ssh.ts"
import type { ProcessGroup } from "../../services/ProcessGroup.ts"
import type { RemoteHost } from "../../services/RemoteFiles.ts"
import { runRemote } from "./remoteShell.ts"
import { octal, PLACE, REMOVE } from "./scripts.ts"

/** For a connection and an answer, and then for each megabyte, in milliseconds. */
const BASE_MS = 30_000
const MS_PER_MB = 1000

/** How long a copy of so many bytes may take, in milliseconds. */
const copyWithinMs = (bytes: number): number => BASE_MS + Math.ceil(bytes / (1024 * 1024)) * MS_PER_MB

/** A file on a host. */
export interface PlacedFile {
  readonly path: string
  /** Takes it away again; where that fails, it goes when the next file comes after an hour. */
  readonly remove: Effect.Effect<void, never, ProcessGroup>
}

const failure = (host: RemoteHost, detail: string) =>
  new SshFailed({ host: host.destination, reason: "remote", detail })

/** Copies a file of this machine to a host, under its own name, in a folder that only its user can open. */
export const placeFile = (
  host: RemoteHost,
  file: string
): Effect.Effect<PlacedFile, SshFailed, ProcessGroup | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { size } = yield* Effect.mapError(fs.stat(file), ({ message }) => failure(host, message))
    const folder = randomBytes(16).toString("hex")
    const name = path.basename(file)
    const withinMs = copyWithinMs(Number(size))
    const place = Effect.gen(function* () {
      const { bytes, word } = yield* runRemote(
        host,
        PLACE,
        [folder, octal(name), String(size)],
        fs.stream(file)
      )
      if (word !== "ok") return yield* failure(host, "the folder ~/.imsg-gateway-outgoing cannot be written")
      return yield* Stream.mkString(Stream.decodeText(bytes))
    }).pipe(
      Effect.scoped,
      Effect.timeoutFail({
        duration: withinMs,
        onTimeout: () =>
          new SshFailed({
            host: host.destination,
            reason: "lost",
            detail: `a file was not copied within ${withinMs} ms`
          })
      })
    )
    const remove = runRemote(host, REMOVE, [folder]).pipe(
      Effect.scoped,
      Effect.timeout(BASE_MS),
      Effect.catchAll((error) =>
        Effect.logDebug(`a file stays on ${host.destination}: ${failureWords(error)}`)
      )
    )
    return { path: `${yield* place}/${name}`, remove }
  })
