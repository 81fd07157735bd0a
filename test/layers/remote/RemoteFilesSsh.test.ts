/** Files fetched from a host, over a program in the place of ssh, and the copies that are kept of them. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer as withLayer } from "@effect/vitest"
import { Context, Effect, Either, Layer } from "effect"
import { layer } from "../../../src/layers/remote/RemoteFilesSsh.ts"
import { type FetchRequest, RemoteFiles } from "../../../src/services/RemoteFiles.ts"
import { configLayer } from "../../support/configs.ts"
import { ProcessesLive } from "../../support/processes.ts"
import { program } from "../../support/programs.ts"
import { makeHost, type StandInOptions } from "../../support/standInSsh.ts"

const ROOT = "~/Library/Messages/Attachments"

interface WorldOptions extends StandInOptions {
  readonly cacheBytes?: number
}

/** A host with an allowed folder, and a gateway that may fetch from it. */
const makeWorld = (options: WorldOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const mac = yield* makeHost(options)
    const folder = join(mac.home, "Library/Messages/Attachments")
    yield* fs.makeDirectory(folder, { recursive: true })
    const stateDir = join(mac.dir, "state")
    /** The service of a gateway that has just started. */
    const start = Layer.build(
      Layer.fresh(Layer.provide(layer(stateDir, options.cacheBytes), configLayer({ retention: { days: 1 } })))
    ).pipe(Effect.map(Context.get(RemoteFiles)))
    const { fetch } = yield* start
    const requestOf = (path: string, more: Partial<FetchRequest> = {}): FetchRequest => ({
      host: mac.host,
      path,
      roots: [ROOT],
      maxBytes: 1000,
      withinMs: 20_000,
      ...more
    })
    return {
      fs,
      join,
      mac,
      folder,
      stateDir,
      start,
      fetch,
      write: (name: string, content = "content") =>
        Effect.as(fs.writeFileString(join(folder, name), content), join(folder, name)),
      /** What a fetched file holds, else why it was not fetched. */
      get: (path: string, more: Partial<FetchRequest> = {}, by = fetch) =>
        by(requestOf(path, more)).pipe(
          Effect.flatMap((file) => fs.readFileString(file.path)),
          Effect.either,
          Effect.map(Either.merge)
        ),
      copies: Effect.orElseSucceed(fs.readDirectory(join(stateDir, "remote-files")), () => [])
    }
  })

withLayer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a file of an allowed folder is fetched", () => {
    it.scoped.each(["sh", "bash"])("whatever its name holds, from the login shell %s", (name) =>
      Effect.gen(function* () {
        const shell = name === "bash" ? yield* program(name) : "/bin/sh"
        const { fs, get, join, mac, write } = yield* makeWorld({ shell })
        for (const name of [
          "a b",
          "it's",
          "$(touch pwned)",
          "`x`",
          "a\\'b",
          "-n",
          "line\nbreak\n",
          "ü👋",
          "*",
          "!x"
        ]) {
          expect(yield* Effect.flatMap(write(name, name), get)).toBe(name)
        }
        expect(yield* fs.exists(join(mac.home, "pwned"))).toBe(false)
      })
    )

    it.scoped("behind what a login shell prints", () =>
      Effect.gen(function* () {
        const { get, write } = yield* makeWorld({ before: "echo Welcome; printf 'to the Mac '" })
        expect(yield* Effect.flatMap(write("a"), get)).toBe("content")
      })
    )

    it.scoped("with every byte, and when it is empty", () =>
      Effect.gen(function* () {
        const { fetch, folder, fs, get, join, mac, write } = yield* makeWorld()
        const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256)
        const path = join(folder, "bytes")
        yield* fs.writeFile(path, bytes)
        const file = yield* fetch({
          host: mac.host,
          path,
          roots: [ROOT],
          maxBytes: 300_000,
          withinMs: 20_000
        })
        expect(file.bytes).toBe(300_000)
        expect(Buffer.compare(yield* fs.readFile(file.path), bytes)).toBe(0)
        expect(yield* Effect.flatMap(write("empty", ""), get)).toBe("")
      })
    )

    it.scoped("where a wildcard of the root stands for the name of its folder, and for no more", () =>
      Effect.gen(function* () {
        const { fs, get, join, mac, write } = yield* makeWorld()
        const file = yield* write("a")
        const deeper = join(mac.home, "Library/Messages/Attachments/ab/*")
        yield* fs.makeDirectory(deeper, { recursive: true })
        yield* fs.writeFileString(join(deeper, "b"), "deeper")
        const outside = "outside the allowed folders"
        for (const [roots, expected] of [
          [["~/*/Messages"], "content"],
          [["~/Library/*/Attachments"], "content"],
          [[`${mac.home}/*/*/Attachments`], "content"],
          [["~/*"], "content"],
          [["/*"], "content"],
          [["~/nowhere", "~/*/Nobody", "~/Library/*"], "content"],
          [["~/*/Attachments"], outside],
          [["~/*/*/*/*"], outside],
          [["~/*/Messages/Attachments/ab"], outside],
          [["~/L*/Messages"], outside],
          [["~/*/[A-Z]essages"], outside]
        ] as const) {
          expect(`${roots}: ${yield* get(file, { roots })}`).toBe(`${roots}: ${expected}`)
        }
        expect(yield* get(join(deeper, "b"), { roots: ["~/*/Messages/Attachments/*/*"] })).toBe("deeper")
      })
    )

    it.scoped("never where a link below a wildcard leads", () =>
      Effect.gen(function* () {
        const { fs, get, join, mac } = yield* makeWorld()
        yield* fs.makeDirectory(join(mac.home, "secrets"))
        yield* fs.writeFileString(join(mac.home, "secrets/key"), "secret")
        yield* fs.makeDirectory(join(mac.home, "users/eve"), { recursive: true })
        yield* fs.symlink(join(mac.home, "secrets"), join(mac.home, "users/eve/Messages"))
        const path = join(mac.home, "users/eve/Messages/key")
        expect(yield* get(path, { roots: ["~/users/*/Messages"] })).toBe("outside the allowed folders")
      })
    )

    it.scoped("from a folder that a link leads to", () =>
      Effect.gen(function* () {
        const { folder, fs, get, join, mac, write } = yield* makeWorld()
        yield* write("a")
        yield* fs.symlink(folder, join(mac.home, "link"))
        expect(yield* get(join(mac.home, "link", "a"))).toBe("content")
      })
    )
  })

  describe("a picture", () => {
    /** As `sips` of macOS: it says what it is asked, or makes a JPEG. */
    const sips = (pixels: number) => `#!/bin/sh
case $1 in
-g) echo "$5"; echo "  pixelWidth: ${pixels}"; echo "  pixelHeight: 12" ;;
*) for last; do :; done; printf "%s" "jpeg of $*" | sed "s,/[^ ]*/,,g" >"$last" ;;
esac
`
    const makeMac = (program?: string) =>
      Effect.gen(function* () {
        const world = yield* makeWorld()
        if (program !== undefined) {
          yield* world.fs.writeFileString(world.join(world.mac.dir, "bin/sips"), program, { mode: 0o755 })
        }
        return { ...world, picture: (path: string) => world.get(path, { asPicture: true }) }
      })

    it.scoped("that is large is made a JPEG there, and one that is not comes as it is", () =>
      Effect.gen(function* () {
        const { copies, fs, get, join, mac, picture, stateDir, write } = yield* makeMac(sips(4032))
        const file = yield* write("4000 a.png", "content")
        expect(yield* picture(file)).toBe("jpeg of -s format jpeg -Z 1568 4000 a.png --out a.jpg")
        expect(yield* get(file)).toBe("content")
        const kept = yield* Effect.forEach(yield* copies, (key) =>
          fs.readDirectory(join(stateDir, "remote-files", key))
        )
        expect(kept.flat().sort()).toEqual(["4000 a.jpg", "4000 a.png"])
        expect(yield* fs.readDirectory(mac.home)).toEqual(["Library"])
      })
    )

    it.scoped.each([
      ["a.heic", 640, "jpeg of -s format jpeg a.heic --out a.jpg"],
      ["b.HEIF", 2000, "jpeg of -s format jpeg -Z 1568 b.HEIF --out a.jpg"],
      ["c.jpg", 1568, "content"],
      ["d.txt", 0, "content"]
    ] as const)("called %s of %d pixels comes as a model reads it", ([name, pixels, expected]) =>
      Effect.gen(function* () {
        const { picture, write } = yield* makeMac(sips(pixels))
        expect(yield* Effect.flatMap(write(name), picture)).toBe(expected)
      })
    )

    it.scoped.each([
      ["has no sips", undefined],
      ["has one that fails", `#!/bin/sh\n[ "$1" = -g ] && echo "  pixelWidth: 4032"\nexit 1\n`],
      ["has one that says nothing that is known", '#!/bin/sh\necho "  pixelWidth: <nil>"\n']
    ] as const)("comes as it is from a host that %s", ([, program]) =>
      Effect.gen(function* () {
        const { picture, write } = yield* makeMac(program)
        expect(yield* Effect.flatMap(write("a.heic"), picture)).toBe("content")
        expect(yield* picture("/nowhere/a.heic")).toBe("missing")
      })
    )

    it.scoped("leaves nothing behind there", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld()
        yield* world.fs.writeFileString(world.join(world.mac.dir, "bin/sips"), sips(4032), { mode: 0o755 })
        yield* world.fs.writeFileString(
          world.join(world.mac.dir, "bin/mktemp"),
          `#!/bin/sh\nmkdir '${world.mac.dir}/temporary' && echo '${world.mac.dir}/temporary'\n`,
          { mode: 0o755 }
        )
        const file = yield* world.write("a.heic")
        expect(yield* world.get(file, { asPicture: true })).toContain("jpeg of")
        expect(yield* world.fs.exists(world.join(world.mac.dir, "temporary"))).toBe(false)
      })
    )
  })

  describe("a file is not fetched", () => {
    it.scoped("for the reason that the host gives", () =>
      Effect.gen(function* () {
        const { copies, folder, fs, get, join, mac, write } = yield* makeWorld()
        const secret = join(mac.home, "secret")
        yield* fs.writeFileString(secret, "secret")
        yield* fs.symlink(secret, join(folder, "link"))
        yield* fs.symlink(mac.home, join(folder, "way out"))
        yield* fs.makeDirectory(`${folder}-evil`)
        yield* fs.writeFileString(join(`${folder}-evil`, "a"), "secret")
        expect(yield* get(join(folder, "gone"))).toBe("missing")
        expect(yield* get(join(folder, "gone", "a"))).toBe("missing")
        expect(yield* get(secret)).toBe("outside the allowed folders")
        expect(yield* get(join(folder, "way out", "secret"))).toBe("outside the allowed folders")
        expect(yield* get(`${folder}/../../../secret`)).toBe("outside the allowed folders")
        expect(yield* get(join(`${folder}-evil`, "a"))).toBe("outside the allowed folders")
        expect(yield* get(join(folder, "link"))).toBe("not a file")
        expect(yield* get(join(mac.home, "Library/Messages/Attachments", "way out"))).toBe("not a file")
        expect(yield* get(`${folder}/.`)).toBe("not a file")
        const big = yield* write("big", "x".repeat(1001))
        expect(yield* get(big)).toBe("too large")
        expect(yield* get(big, { roots: [] })).toBe("outside the allowed folders")
        expect(yield* copies).toEqual([])
      })
    )

    it.scoped("and what a host sends beyond what is allowed is not kept", () =>
      Effect.gen(function* () {
        const { copies, get, write } = yield* makeWorld({
          before: `read -r word; echo "$word ok 5"; head -c 100000 /dev/zero; exit 0`
        })
        expect(yield* Effect.flatMap(write("a"), get)).toBe("too large")
        expect(yield* copies).toEqual([])
      })
    )

    it.scoped("where its disk fails meanwhile, and others of the host are fetched", () =>
      Effect.gen(function* () {
        const { get, mac, write } = yield* makeWorld({
          before: `ill="\${0%/*}/home/ill"; if [ -f "$ill" ]; then rm "$ill"; read -r word; echo "$word ok 5"; printf x; exit 1; fi`
        })
        yield* mac.put("ill", "")
        expect(yield* Effect.flatMap(write("a"), get)).toBe("could not be fetched")
        expect(yield* Effect.flatMap(write("b"), get)).toBe("content")
      })
    )

    it.scoped("where the connection ends too early", () =>
      Effect.gen(function* () {
        const { copies, get, write } = yield* makeWorld({
          before: `read -r word; echo "$word ok 5"; echo x; exit 0`
        })
        expect(yield* Effect.flatMap(write("a"), get)).toBe("could not be fetched")
        expect(yield* copies).toEqual([])
      })
    )
  })

  describe("a host that cannot be reached", () => {
    const DEAD = "echo 'ssh: connect to host mac port 22: Connection timed out' >&2; exit 255"

    it.scoped("is not asked again at once for its other files", () =>
      Effect.gen(function* () {
        const { get, mac, write } = yield* makeWorld({ before: DEAD })
        expect(yield* Effect.flatMap(write("a"), get)).toBe("could not be fetched")
        expect(yield* Effect.flatMap(write("b"), get)).toBe("could not be fetched")
        expect(yield* mac.calls).toBe(1)
      })
    )

    it.scoped("holds up no other host, and its own files only for a time", () =>
      Effect.gen(function* () {
        const silent = yield* makeWorld({ before: "sleep 1000" })
        const other = yield* makeHost()
        yield* other.put("a", "content")
        const waiting = yield* Effect.fork(
          Effect.forEach(["a", "b", "c", "d", "e"], (name) => silent.get(name, { withinMs: 3000 }), {
            concurrency: "unbounded"
          })
        )
        expect(yield* silent.get(`${other.home}/a`, { host: other.host, roots: ["~"] })).toBe("content")
        expect(waiting.unsafePoll()).toBeNull()
        expect(yield* waiting).toEqual(Array(5).fill("could not be fetched"))
      })
    )
  })

  describe("a copy", () => {
    it.scoped("is made once, for those who ask at the same time too, and outlives the gateway", () =>
      Effect.gen(function* () {
        const { fetch, get, mac, start, write } = yield* makeWorld()
        const file = yield* write("a")
        const all = yield* Effect.forEach(Array(5).fill(file), (path: string) => get(path, {}, fetch), {
          concurrency: "unbounded"
        })
        expect(all).toEqual(Array(5).fill("content"))
        expect(yield* get(file, {}, (yield* start).fetch)).toBe("content")
        expect(yield* mac.calls).toBe(1)
      })
    )

    it.scoped("is not given where the limit is lower by now, or the allowed folders are others", () =>
      Effect.gen(function* () {
        const { get, write } = yield* makeWorld()
        const file = yield* write("a")
        expect(yield* get(file)).toBe("content")
        expect(yield* get(file, { maxBytes: 3 })).toBe("too large")
        expect(yield* get(file, { roots: ["~/elsewhere"] })).toBe("outside the allowed folders")
      })
    )

    it.scoped("that was not asked for in a long time goes, and so does what a killed gateway had begun", () =>
      Effect.gen(function* () {
        const { copies, fs, get, join, start, stateDir, write } = yield* makeWorld()
        yield* Effect.flatMap(write("old"), get)
        const [old = ""] = yield* copies
        yield* fs.utimes(join(stateDir, "remote-files", old), new Date(0), new Date(0))
        yield* fs.makeDirectory(join(stateDir, "remote-files", "incoming-x"))
        const { fetch } = yield* start
        expect(yield* Effect.flatMap(write("new"), (path) => get(path, {}, fetch))).toBe("content")
        const left = yield* copies
        expect(left).toHaveLength(1)
        expect(left).not.toContain(old)
      })
    )

    it.scoped("makes room for others, the one that was asked for last goes last", () =>
      Effect.gen(function* () {
        const { copies, fs, get, join, mac, stateDir, write } = yield* makeWorld({ cacheBytes: 1500 })
        const files = yield* Effect.forEach(["a", "b", "c"], (name) => write(name, name.repeat(600)))
        const [a = "", b = "", c = ""] = files
        const age = (key: string, seconds: number) =>
          fs.utimes(join(stateDir, "remote-files", key), new Date(), new Date(Date.now() - seconds * 1000))
        // Set by hand, so that the order does not hang on the clock of the file system.
        yield* get(a)
        const [keyOfA = ""] = yield* copies
        yield* age(keyOfA, 120)
        yield* get(b)
        yield* Effect.forEach(
          (yield* copies).filter((key) => key !== keyOfA),
          (key) => age(key, 60)
        )
        yield* get(a)
        yield* get(c)
        expect(yield* copies).toHaveLength(2)
        expect(yield* mac.calls).toBe(3)
        yield* get(a)
        expect(yield* mac.calls).toBe(3)
        yield* get(b)
        expect(yield* mac.calls).toBe(4)
      })
    )
  })
})
