/** Files of an account that another host runs. */
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Stream } from "effect"
import { PIECE_BYTES } from "../../../src/schemas/AccountActor.ts"
import { temporaryFolder } from "../../support/folder.ts"
import { makeCluster } from "../../support/twoHosts.ts"

type Cluster = Effect.Effect.Success<ReturnType<typeof makeCluster>>

const wanted = (path: string) => ({
  accountId: "studio",
  file: { path, mimeType: "image/jpeg", name: "pier.jpg" },
  reader: "program" as const
})

/** A file of the studio as the server gets it. */
const fetched = ({ server }: Cluster, path: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { contents, ...what } = yield* server.hosts.file(wanted(path))
      const pieces = Chunk.toReadonlyArray(yield* Stream.runCollect(contents))
      return { what, contents: Buffer.concat(pieces), pieces: pieces.map(({ length }) => length) }
    })
  )

const withFolder = <A, E, R>(test: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.provide(Effect.flatMap(temporaryFolder("of-messages-"), test), NodeContext.layer)

describe("a file on another host", () => {
  it.scopedLive("comes in pieces, as it is there", () =>
    withFolder((folder) =>
      Effect.gen(function* () {
        const cluster = yield* makeCluster(folder)
        const path = join(folder, "pier.jpg")
        const bytes = Buffer.from(Uint8Array.from({ length: 2 * PIECE_BYTES + 7 }, (_, at) => at % 251))
        yield* Effect.promise(() => writeFile(path, bytes))
        const { contents, pieces, what } = yield* fetched(cluster, path)
        expect(what).toEqual({ name: "pier.jpg", mimeType: "image/jpeg", bytes: bytes.length })
        expect(contents.equals(bytes)).toBe(true)
        expect(pieces).toEqual([PIECE_BYTES, PIECE_BYTES, 7])
      })
    )
  )

  it.scopedLive("may have nothing in it", () =>
    withFolder((folder) =>
      Effect.gen(function* () {
        const cluster = yield* makeCluster(folder)
        const path = join(folder, "empty")
        yield* Effect.promise(() => writeFile(path, ""))
        expect((yield* fetched(cluster, path)).what.bytes).toBe(0)
      })
    )
  )

  it.scopedLive("is refused there, for a reason", () =>
    withFolder((folder) =>
      Effect.gen(function* () {
        const inside = join(folder, "inside")
        const secret = join(folder, "secret.txt")
        const large = join(inside, "large")
        yield* Effect.promise(async () => {
          await mkdir(inside)
          await writeFile(secret, "a secret")
          await symlink(secret, join(inside, "link"))
          await writeFile(large, "")
          await truncate(large, 1024 * 1024 + 1)
        })
        const cluster = yield* makeCluster(inside)
        const reasons = yield* Effect.forEach(
          [
            join(inside, "none"),
            secret,
            join(inside, "link"),
            join(inside, "..", "secret.txt"),
            inside,
            large
          ],
          (path) => Effect.flip(Effect.asVoid(fetched(cluster, path)))
        )
        expect(reasons).toEqual([
          "missing",
          "outside the allowed folders",
          "outside the allowed folders",
          "outside the allowed folders",
          "outside the allowed folders",
          "too large"
        ])
      })
    )
  )

  it.scopedLive("cannot be fetched where its host ends before all of it is there", () =>
    withFolder((folder) =>
      Effect.gen(function* () {
        const cluster = yield* makeCluster(folder)
        const path = join(folder, "pier.jpg")
        yield* Effect.promise(() => writeFile(path, Buffer.alloc(4 * PIECE_BYTES - 500_000)))
        const { contents } = yield* cluster.server.hosts.file(wanted(path))
        const read = Stream.runForEach(contents, () => cluster.studio.end)
        expect(yield* Effect.flip(read)).toBe("could not be fetched")
      })
    )
  )

  it.scopedLive("need not be read to its end", () =>
    withFolder((folder) =>
      Effect.gen(function* () {
        const cluster = yield* makeCluster(folder)
        const path = join(folder, "pier.jpg")
        yield* Effect.promise(() => writeFile(path, Buffer.alloc(900_000)))
        const first = Effect.scoped(
          Effect.flatMap(cluster.server.hosts.file(wanted(path)), ({ contents }) => Stream.runHead(contents))
        )
        expect((yield* Effect.timeout(first, "5 seconds"))._tag).toBe("Some")
        expect((yield* fetched(cluster, path)).contents.length).toBe(900_000)
      })
    )
  )
})
