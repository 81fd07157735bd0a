/** Files that were uploaded, until they are sent. */
import { randomBytes } from "node:crypto"
import { Clock, Duration, Effect, ExecutionStrategy, Exit, Ref, Scope, type Stream } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { Upload } from "../../schemas/control/Sending.ts"
import { TooManyUploads, UploadNotFound } from "../../schemas/errors/control.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"

/** How an upload is told from a path. */
const MARK = "upload:"
/** Uploads at a time, those that still come in included: as many as one message may have. */
const MOST = 20
const KEPT = Duration.minutes(10)
const ID_BYTES = 16

interface Kept {
  readonly scope: Scope.CloseableScope
  /** Undefined while it comes in. */
  readonly path: string | undefined
}

/** The uploads of one gateway. At the end of the scope they are removed. */
export const makeUploads = Effect.gen(function* () {
  const outboundFiles = yield* OutboundFiles
  const parent = yield* Effect.scope
  const uploads = yield* Ref.make<ReadonlyMap<string, Kept>>(new Map())

  const put = (id: string, kept: Kept) => Ref.update(uploads, (all) => new Map([...all, [id, kept]]))

  const forget = (id: string) =>
    Effect.flatMap(
      Ref.modify(uploads, (all) => [all.get(id), new Map([...all].filter(([other]) => other !== id))]),
      (kept) => (kept === undefined ? Effect.void : Scope.close(kept.scope, Exit.void))
    )

  /** Takes a file in. No more of it is read than the account with the largest `mediaMaxMb` may send. */
  const receive = <E>(name: string, bytes: Stream.Stream<Uint8Array, E>) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { accounts } = yield* currentConfig
        const maxBytes = bytesOfMb(Math.max(0, ...accounts.map(({ mediaMaxMb }) => mediaMaxMb)))
        const id = randomBytes(ID_BYTES).toString("base64url")
        const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
        const isTaken = yield* Ref.modify(uploads, (all) =>
          all.size >= MOST ? [false, all] : [true, new Map([...all, [id, { scope, path: undefined }]])]
        )
        if (!isTaken) {
          yield* Scope.close(scope, Exit.void)
          return yield* new TooManyUploads({ most: MOST })
        }
        const path = yield* restore(outboundFiles.receive({ name, bytes, maxBytes })).pipe(
          Scope.extend(scope),
          Effect.onError(() => forget(id))
        )
        yield* put(id, { scope, path })
        yield* Effect.forkIn(Effect.interruptible(Effect.delay(forget(id), KEPT)), scope)
        const now = yield* Clock.currentTimeMillis
        return { file: `${MARK}${id}`, expiresAt: now + Duration.toMillis(KEPT) } satisfies Upload
      })
    )

  const idOf = (file: string) => (file.startsWith(MARK) ? file.slice(MARK.length) : undefined)

  return {
    receive,
    /** The path of a file as it is named in a message: that of an upload, or itself. */
    locate: (file: string): Effect.Effect<string, UploadNotFound> => {
      const id = idOf(file)
      if (id === undefined) return Effect.succeed(file)
      return Effect.flatMap(Ref.get(uploads), (all) =>
        Effect.mapError(Effect.fromNullable(all.get(id)?.path), () => new UploadNotFound({ file }))
      )
    },
    /** The folders of these files, where they are uploads. */
    folders: (files: ReadonlyArray<string>) =>
      Effect.map(Ref.get(uploads), (all) => files.flatMap((file) => all.get(idOf(file) ?? "")?.path ?? [])),
    /** Removes these files, where they are uploads. */
    forget: (files: ReadonlyArray<string>) =>
      Effect.forEach(files, (file) => forget(idOf(file) ?? ""), { discard: true })
  }
})

export type Uploads = Effect.Effect.Success<typeof makeUploads>
