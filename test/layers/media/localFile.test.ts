/** Files that change between the look at them and their copy. */
import { Command, CommandExecutor, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { placeIn, type Root, splitRoot } from "../../../src/layers/media/roots.ts"
import { agent, makeStagingWhere } from "./staging.ts"

describe("a path", () => {
  it.effect.each<readonly [root: string, file: string, expected: boolean]>([
    ["/roots", "/roots/a", true],
    ["/roots", "/roots/a/b", true],
    ["/roots", "/roots/..a", true],
    ["/", "/a", true],
    ["/roots", "/roots", false],
    ["/roots", "/roots-evil/a", false],
    ["/roots", "/root", false],
    ["/roots", "/a", false],
    ["/roots", "/", false],
    ["/roots/a", "/roots", false],
    ["/roots/a", "/roots/b", false],
    ["/roots/*", "/roots/a/b", true],
    ["/roots/*", "/roots/a", false],
    ["/roots/*/c", "/roots/a/b/c/d", false],
    ["/*/a", "/roots/a/b", true]
  ])("is inside %s: %s %s", ([root, file, expected]) =>
    Effect.map(Path.Path, (path) =>
      expect(placeIn(path, splitRoot(root), file) === "inside").toBe(expected)
    ).pipe(Effect.provide(Path.layer))
  )

  it.each<[root: string, split: Root]>([
    ["/a/b", { folder: "/a/b", names: [] }],
    ["/Users/*/Library", { folder: "/Users", names: ["*", "Library"] }],
    ["/*//x/", { folder: "/", names: ["*", "x"] }],
    ["~/*", { folder: "~", names: ["*"] }]
  ])("of a root is taken apart at its first wildcard: %s", (root, split) => {
    expect(splitRoot(root)).toEqual(split)
  })
})

interface World {
  readonly fs: FileSystem.FileSystem
  readonly source: string
  readonly folder: string
  readonly outside: string
  readonly run: (command: string, ...args: ReadonlyArray<string>) => Effect.Effect<unknown, unknown>
}

describe("a file that is exchanged after it was looked at", () => {
  it.scoped.each<{
    readonly what: string
    readonly reason: string
    readonly change: (world: World) => Effect.Effect<unknown, unknown>
  }>([
    {
      what: "grows past the limit",
      reason: "too-large",
      change: ({ fs, source }) => fs.writeFile(source, new Uint8Array(1), { flag: "a" })
    },
    {
      what: "becomes a link that leads out",
      reason: "outside-roots",
      change: ({ fs, outside, source }) =>
        Effect.zipRight(fs.remove(source), fs.symlink(`${outside}/a.bin`, source))
    },
    {
      what: "has its folder become a link that leads out",
      reason: "outside-roots",
      change: ({ folder, fs, outside }) =>
        Effect.zipRight(fs.remove(folder, { recursive: true }), fs.symlink(outside, folder))
    },
    {
      what: "becomes a pipe that nobody writes to",
      reason: "not-a-file",
      change: ({ fs, run, source }) => Effect.zipRight(fs.remove(source), run("mkfifo", source))
    },
    {
      what: "becomes a folder",
      reason: "not-a-file",
      change: ({ fs, source }) => Effect.zipRight(fs.remove(source), fs.makeDirectory(source))
    },
    {
      what: "goes",
      reason: "missing",
      change: ({ fs, source }) => fs.remove(source)
    }
  ])("is refused: $what", ({ change, reason }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const executor = yield* CommandExecutor.CommandExecutor
      const base = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
      const world: World = {
        fs,
        folder: `${base}/folder`,
        source: `${base}/folder/a.bin`,
        outside: `${base}-outside`,
        run: (command, ...args) => executor.exitCode(Command.make(command, ...args))
      }
      yield* Effect.acquireRelease(fs.makeDirectory(world.outside), () =>
        Effect.ignore(fs.remove(world.outside, { recursive: true }))
      )
      yield* fs.makeDirectory(world.folder)
      yield* fs.writeFile(world.source, new Uint8Array(1024))
      yield* fs.writeFile(`${world.outside}/a.bin`, new Uint8Array(1024))
      const { refusal, staged } = yield* makeStagingWhere(Effect.orDie(change(world)))
      expect(yield* refusal({ source: world.source, agent: agent({ mediaRoots: [base] }) })).toMatchObject({
        reason
      })
      expect(yield* staged).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
