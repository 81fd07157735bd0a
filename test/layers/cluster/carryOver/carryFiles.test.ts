/** Files beside a store of one process, where every host of a cluster takes them from. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, type Scope } from "effect"
import { carryFiles } from "../../../../src/layers/cluster/carryOver/carryFiles.ts"
import { mayBegin } from "../../../../src/layers/cluster/carryOver/carryOver.ts"
import * as OutboundFilesShared from "../../../../src/layers/cluster/OutboundFilesShared.ts"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as OutboundFilesLive from "../../../../src/layers/media/OutboundFilesLive.ts"
import { OutboundFiles } from "../../../../src/services/OutboundFiles.ts"
import { agent } from "../../media/staging.ts"
import { makeStores, type Store } from "./stores.ts"

describe("files of replies", () => {
  /** The state folder of a gateway that ran alone, with a file of a reply in it. */
  const live = <A, E>(
    body: (
      stateDir: string,
      staged: string,
      store: Store
    ) => Effect.Effect<A, E, Scope.Scope | Database | FileSystem.FileSystem | Path.Path>
  ) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const { into } = yield* makeStores
      const root = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
      const stateDir = path.join(root, "state")
      yield* fs.writeFileString(path.join(root, "note.txt"), "words")
      const staged = yield* Effect.flatMap(OutboundFiles, ({ stage }) =>
        stage({
          deliveryId: "turn:1",
          index: 2,
          source: path.join(root, "note.txt"),
          agent: agent({ mediaRoots: [root] }),
          maxBytes: 1000
        })
      ).pipe(Effect.provide(OutboundFilesLive.layer(stateDir)))
      return yield* Effect.provideService(body(stateDir, staged, into), Database, into)
    }).pipe(Effect.provide(NodeContext.layer))

  it.scopedLive("are there for whichever host sends them", () =>
    live((stateDir, staged, into) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        expect(yield* carryFiles(stateDir, ["turn:0", "turn:1"])).toEqual({ shared: 1, tooLarge: [] })
        // They stand in nobody's way.
        yield* mayBegin(into)
        const elsewhere = yield* fs.makeTempDirectoryScoped()
        const here = yield* Effect.flatMap(OutboundFiles, (files) => files.here("turn:1", staged)).pipe(
          Effect.provide(OutboundFilesShared.layer(elsewhere))
        )
        expect(yield* fs.readFileString(Option.getOrThrow(here))).toBe("words")
      })
    )
  )

  /** What goes wrong after they were put there. */
  const failing = (stateDir: string) =>
    Effect.exit(Effect.scoped(Effect.zipRight(carryFiles(stateDir, ["turn:1"]), Effect.fail("the rest"))))

  it.scopedLive("are gone again where the rest was not carried over", () =>
    live((stateDir, staged) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* failing(stateDir)
        const elsewhere = yield* fs.makeTempDirectoryScoped()
        const here = yield* Effect.flatMap(OutboundFiles, (files) => files.here("turn:1", staged)).pipe(
          Effect.provide(OutboundFilesShared.layer(elsewhere))
        )
        expect(here).toEqual(Option.none())
        expect(yield* fs.readFileString(staged)).toBe("words")
      })
    )
  )

  it.scopedLive("stay where somebody else has carried the rest over meanwhile", () =>
    live((stateDir, staged, into) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const accept = into.prepare(
          "INSERT INTO outbox (account_id, delivery_id, chat, delivery, accepted_at, place) VALUES ('a', ?, 'c', '{}', 1, 'first')"
        )
        yield* into.write(() => accept.run("turn:1"))
        yield* failing(stateDir)
        const elsewhere = yield* fs.makeTempDirectoryScoped()
        const here = yield* Effect.flatMap(OutboundFiles, (files) => files.here("turn:1", staged)).pipe(
          Effect.provide(OutboundFilesShared.layer(elsewhere))
        )
        expect(yield* fs.readFileString(Option.getOrThrow(here))).toBe("words")
      })
    )
  )

  it.scopedLive("are not passed over where their folder is none", () =>
    live((stateDir) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const media = `${stateDir}/media`
        yield* fs.remove(media, { recursive: true })
        expect(yield* carryFiles(stateDir, ["turn:1"])).toEqual({ shared: 0, tooLarge: [] })
        yield* fs.writeFileString(media, "no folder")
        expect(yield* Effect.flip(carryFiles(stateDir, ["turn:1"]))).toMatchObject({ file: media })
      })
    )
  )
})
