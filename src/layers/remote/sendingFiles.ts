/** A session whose `imsg` runs on another Mac, and sends the files of this machine all the same. */
import { FileSystem, type Path } from "@effect/platform"
import { Effect, Predicate } from "effect"
import { RpcFailed } from "../../schemas/errors/imsg.ts"
import type { SshFailed } from "../../schemas/errors/ssh.ts"
import type { Method } from "../../schemas/ImsgMethod.ts"
import { Code } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import type { ProcessGroup } from "../../services/ProcessGroup.ts"
import type { RemoteHost } from "../../services/RemoteFiles.ts"
import { placeFile } from "./placeFile.ts"

/** As newer builds say it of a send that they did not begin. */
const notStarted = (method: string, error: SshFailed | RequestError): RpcFailed =>
  new RpcFailed({
    method,
    rpcCode: Code.deliveryFailed,
    reason: `the file could not be copied to the Mac: ${error.message}`,
    data: { retry_safe: true, disposition: "not_started", detail: error.message }
  })

/**
 * The requests of a session, but that a `file` is copied to the host first, and named as it is there. Where that fails
 * the request was provably not made. Builds that copy it themselves before they answer (`copiesItself`) are done with
 * ours then; with others, and where the end of the request is not known, it is swept up with a later one.
 */
export const sendingFiles = (
  host: RemoteHost,
  session: Pick<ImsgSession, "request" | "ended">,
  copiesItself: boolean
): Effect.Effect<Pick<ImsgSession, "request">, never, ProcessGroup | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const context = yield* Effect.context<ProcessGroup | FileSystem.FileSystem | Path.Path>()

    const request: ImsgSession["request"] = <P extends object, A, I>(
      method: Method<P, A, I>,
      params: P,
      timeoutMs: number
    ): Effect.Effect<A, RequestError> =>
      Effect.gen(function* () {
        const file = Predicate.hasProperty(params, "file") ? params.file : undefined
        // Of a file that is not here imsg itself says so.
        if (typeof file !== "string" || !(yield* Effect.orElseSucceed(fs.exists(file), () => false))) {
          return yield* session.request(method, params, timeoutMs)
        }
        const placed = yield* placeFile(host, file).pipe(
          Effect.raceFirst(session.ended),
          Effect.mapError((error) => notStarted(method.name, error))
        )
        const answer = yield* session.request(method, { ...params, file: placed.path }, timeoutMs)
        if (copiesItself) yield* Effect.forkDaemon(placed.remove)
        return answer
      }).pipe(Effect.provide(context))
    return { request }
  })
