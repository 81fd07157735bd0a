import { FileSystem, Error as PlatformErrors } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Ref, TestClock } from "effect"
import { awaitGone } from "../../../src/layers/sqlite/ownFile.ts"

const FILE = "/state/gateway.db"

const fails = (reason: PlatformErrors.SystemErrorReason) =>
  new PlatformErrors.SystemError({ module: "FileSystem", method: "stat", reason, pathOrDescriptor: FILE })

const info = (ino: number, size = 100): FileSystem.File.Info => ({
  type: "File",
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 1,
  ino: Option.some(ino),
  mode: 0o600,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: FileSystem.Size(size),
  blksize: Option.none(),
  blocks: Option.none()
})

type Look = FileSystem.File.Info | PlatformErrors.SystemError

/** What is said of a file, of which each look, a second apart, finds the next; nothing while it is as it was. */
const said = (...looks: ReadonlyArray<Look>) =>
  Effect.gen(function* () {
    const left = yield* Ref.make(looks)
    const stat = () =>
      Effect.flatMap(
        Ref.getAndUpdate(left, (all) => (all.length > 1 ? all.slice(1) : all)),
        ([look = fails("Unknown")]) =>
          look instanceof PlatformErrors.SystemError ? Effect.fail(look) : Effect.succeed(look)
      )
    const fiber = yield* Effect.fork(awaitGone(FILE).pipe(Effect.provide(FileSystem.layerNoop({ stat }))))
    yield* TestClock.adjust("1 minute")
    return Option.map(yield* Fiber.poll(fiber), (exit) =>
      exit._tag === "Success" ? exit.value.detail : exit
    )
  })

describe("a file that is open", () => {
  it.effect("is gone where it was removed, replaced or cut short", () =>
    Effect.gen(function* () {
      expect(yield* said(info(1), fails("NotFound"))).toEqual(
        Option.some("it was removed while the gateway had it open")
      )
      expect(yield* said(info(1), info(1, 200), info(2))).toEqual(
        Option.some("another file took its place while the gateway had it open")
      )
      expect(yield* said(info(1), info(1, 50))).toEqual(
        Option.some("it was cut short while the gateway had it open")
      )
    })
  )

  it.effect.each(["Unknown", "PermissionDenied", "Busy", "TimedOut"] as const)(
    "is there while a look at it fails, for whatever else: %s",
    (reason) =>
      Effect.gen(function* () {
        expect(yield* said(info(1), fails(reason))).toEqual(Option.none())
        expect(yield* said(fails(reason), fails(reason), info(1), fails(reason), info(1, 200))).toEqual(
          Option.none()
        )
        expect(yield* said(info(1), fails(reason), fails(reason), fails("NotFound"))).toEqual(
          Option.some("it was removed while the gateway had it open")
        )
      })
  )
})
