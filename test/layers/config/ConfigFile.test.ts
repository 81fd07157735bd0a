// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what a file holds
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it, vi } from "@effect/vitest"
import { Effect, Fiber, Option, Stream } from "effect"
import { layer, load } from "../../../src/layers/config/ConfigFile.ts"
import { ConfigService, currentConfig } from "../../../src/services/ConfigService.ts"

/** Sets variables of this process until the test ends. */
const setVariables = (variables: { readonly [name: string]: string }) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    }),
    () => Effect.sync(() => vi.unstubAllEnvs())
  )

/** A config of two hosts: keys of its `cluster`, and which hosts its accounts and its agent run on. */
const clustered = (to: {
  readonly cluster?: Readonly<Record<string, unknown>>
  readonly one?: ReadonlyArray<string>
  readonly two?: ReadonlyArray<string>
  readonly main?: ReadonlyArray<string>
}): string =>
  JSON.stringify({
    cluster: {
      postgres: { url: "postgres://db/imsg" },
      name: "studio",
      address: "here:1",
      secret: "0123456789abcdef0123456789abcdef",
      ...to.cluster
    },
    imessage: {
      accounts: {
        one: { runsOn: to.one ?? ["studio"] },
        ...(to.two === undefined ? {} : { two: { cliPath: "imsg2", runsOn: to.two } })
      }
    },
    agents: { list: [{ id: "main", ...(to.main === undefined ? {} : { runsOn: to.main }) }] }
  })

/** A config of a gateway by itself. */
const ALONE = "{}"

describe("loading", () => {
  const written = (text: string) =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      // Not the folder for temporary files, which on macOS is its owner's alone.
      const file = join(yield* fileSystem.makeTempDirectoryScoped({ directory: "/tmp" }), "config.json5")
      yield* fileSystem.writeFileString(file, text)
      return file
    })

  /** What a reload says of a file that was changed meanwhile. */
  const refused = (before: string, after: string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* written(before)
      return yield* Effect.gen(function* () {
        const { reload } = yield* ConfigService
        yield* fs.writeFileString(file, after)
        return yield* Effect.flip(reload)
      }).pipe(Effect.provide(layer(Option.some(file))))
    })

  it.scoped("reads the file that it is given", () =>
    Effect.gen(function* () {
      const file = yield* written("{ shutdownMs: 1 /* soon */, }")
      const loaded = yield* load(Option.some(file))
      expect(loaded).toMatchObject({ file, shutdownMs: 1 })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("provides the service", () =>
    Effect.gen(function* () {
      const file = yield* written("{ retention: { days: 3 } }")
      const service = yield* Effect.provide(currentConfig, layer(Option.some(file)))
      expect(service.retention.days).toBe(3)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const secret = "{ control: { http: { port: 8080, token: 'hush-hush-nobody-hears-what-it-is' } } }"

  it.scoped.each<[what: string, text: string, file: number, folder: number, said: boolean]>([
    ["of others", secret, 0o644, 0o755, true],
    ["of others, alone", secret, 0o604, 0o701, true],
    ["only of its owner", secret, 0o600, 0o755, false],
    ["of others, in a folder of its owner", secret, 0o644, 0o700, false],
    [
      "of others, who find no secret",
      "{ control: { http: { port: 8080, token: '${TOKEN}' } } }",
      0o644,
      0o755,
      false
    ],
    ["of others, without a page", "{}", 0o644, 0o755, false]
  ])("warns of a secret that is in reach %s: %s", ([, text, mode, folder, said]) =>
    Effect.gen(function* () {
      yield* setVariables({ TOKEN: "hush-hush-nobody-hears-what-it-is" })
      const fs = yield* FileSystem.FileSystem
      const { dirname } = yield* Path.Path
      const file = yield* written(text)
      yield* fs.chmod(file, mode)
      yield* fs.chmod(dirname(file), folder)
      const { warnings } = yield* load(Option.some(file))
      const told = warnings.filter((warning) => warning.includes("holds a secret (control.http.token)"))
      expect(told.length).toBe(said ? 1 : 0)
      expect(warnings.join()).not.toContain("hush-hush-nobody-hears-what-it-is")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("reads the file again, and says what is different", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* written(
        "{ imessage: { accounts: { a: {}, b: { name: 'B', cliPath: '/b' }, c: { cliPath: '/c' } } }, retention: { days: 3 } }"
      )
      yield* Effect.gen(function* () {
        const { current, reload } = yield* ConfigService
        const before = yield* current
        expect(yield* reload).toEqual({ added: [], removed: [], changed: [], others: false })
        yield* fs.writeFileString(
          file,
          "{ imessage: { accounts: { a: {}, b: { name: 'Bee', cliPath: '/b' }, d: { cliPath: '/d' } } }, retention: { days: 4 } }"
        )
        expect(yield* reload).toEqual({ added: ["d"], removed: ["c"], changed: ["b"], others: true })
        const after = yield* current
        expect(after.retention.days).toBe(4)
        // Who follows an account sees by its identity that it is the same.
        expect(after.accounts[0]).toBe(before.accounts[0])
        expect(after.accounts[1]).not.toBe(before.accounts[1])
      }).pipe(Effect.provide(layer(Option.some(file))))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("stays as it was where the file has become invalid, or needs a restart", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* written("{ retention: { days: 3 } }")
      yield* Effect.gen(function* () {
        const { current, reload } = yield* ConfigService
        const before = yield* current
        yield* fs.writeFileString(file, "{ retention: { dais: 4 } }")
        expect(yield* Effect.flip(reload)).toMatchObject({ _tag: "ConfigInvalid" })
        yield* fs.writeFileString(file, "{ stateDir: '/elsewhere' }")
        expect(yield* Effect.flip(reload)).toMatchObject({ _tag: "ConfigNeedsRestart", key: "stateDir" })
        expect(yield* current).toBe(before)
      }).pipe(Effect.provide(layer(Option.some(file))))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped.each([
    {
      what: "the database",
      to: { cluster: { postgres: { url: "postgres://other/imsg" } } },
      key: "cluster.postgres.url"
    },
    {
      what: "the secret",
      to: { cluster: { secret: "another-0123456789abcdef-0123456789" } },
      key: "cluster.secret"
    },
    { what: "the hosts of an account", to: { one: ["spare"] }, key: "runsOn" },
    {
      what: "the hosts of an account, and its own address",
      to: { one: ["spare"], cluster: { address: "there:1" } },
      key: "runsOn"
    },
    { what: "the hosts of an agent", to: { main: ["studio"] }, key: "runsOn" },
    { what: "an account on hosts that nobody named", to: { two: ["spare", "studio"] }, key: "runsOn" },
    { what: "none at all", to: undefined, key: "cluster" }
  ])("needs a stop of every host for what they have in common: $what", ({ key, to }) =>
    Effect.gen(function* () {
      const found = yield* refused(clustered({}), to === undefined ? ALONE : clustered(to))
      expect(found).toMatchObject({ _tag: "ConfigNeedsRestart", key })
      expect(found.hint).toBe(
        "Stop every host, change it on all of them, and start them; or change it back and reload again."
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped.each([
    { what: "its name", before: clustered({}), to: { name: "attic" }, key: "cluster.name" },
    { what: "its address", before: clustered({}), to: { address: "there:1" }, key: "cluster.address" },
    {
      what: "where it listens",
      before: clustered({}),
      to: { listen: "0.0.0.0:7300" },
      key: "cluster.listen"
    },
    { what: "a cluster, where it was alone", before: ALONE, to: {}, key: "cluster" }
  ])("needs a restart for what is this host's: $what", ({ before, key, to }) =>
    Effect.gen(function* () {
      const found = yield* refused(before, clustered({ cluster: to }))
      expect(found).toMatchObject({ _tag: "ConfigNeedsRestart", key })
      expect(found.hint).toBe("Restart the gateway to apply it, or change it back and reload again.")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("takes another account on hosts that were named before", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* written(clustered({}))
      yield* Effect.gen(function* () {
        const { reload } = yield* ConfigService
        yield* fs.writeFileString(file, clustered({ two: ["studio"] }))
        expect((yield* reload).added).toEqual(["two"])
      }).pipe(Effect.provide(layer(Option.some(file))))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("tells of every config that takes its place", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* written("{ retention: { days: 3 } }")
      yield* Effect.gen(function* () {
        const { changes, reload } = yield* ConfigService
        const seen = yield* Effect.fork(Stream.runCollect(Stream.take(changes, 2)))
        yield* Effect.repeatN(Effect.yieldNow(), 20)
        yield* fs.writeFileString(file, "{ retention: { days: 4 } }")
        yield* reload
        expect([...(yield* Fiber.join(seen))].map(({ retention }) => retention.days)).toEqual([3, 4])
      }).pipe(Effect.provide(layer(Option.some(file))))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("says where the file should be when it is missing", () =>
    Effect.gen(function* () {
      const file = `${yield* written("{}")}.old`
      const invalid = yield* Effect.flip(load(Option.some(file)))
      expect(invalid.message).toBe(
        `${file}: does not exist; create it (\`{}\` is enough to start with), or name another with --config or $IMSG_GATEWAY_CONFIG`
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("says why a file cannot be read", () =>
    Effect.gen(function* () {
      const { dirname } = yield* Path.Path
      const invalid = yield* Effect.flip(load(Option.some(dirname(yield* written("{}")))))
      expect(invalid.message).toContain(": cannot be read: ")
      expect(invalid.message.split("\n")).toHaveLength(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("takes the file from the environment, else from the home folder", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const home = yield* fileSystem.makeTempDirectoryScoped()
      yield* fileSystem.makeDirectory(join(home, ".imsg-gateway"))
      yield* fileSystem.writeFileString(join(home, ".imsg-gateway", "config.json5"), "{ shutdownMs: 1 }")
      yield* fileSystem.writeFileString(join(home, "other.json5"), "{ shutdownMs: 2 }")

      yield* setVariables({ HOME: home, IMSG_GATEWAY_CONFIG: "", IMSG_GATEWAY_STATE_DIR: "" })
      expect(yield* load(Option.none())).toMatchObject({ shutdownMs: 1, stateDir: `${home}/.imsg-gateway` })

      yield* setVariables({ IMSG_GATEWAY_CONFIG: "~/other.json5" })
      expect(yield* load(Option.none())).toMatchObject({ shutdownMs: 2, file: join(home, "other.json5") })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("takes a relative state folder of the environment from the working directory", () =>
    Effect.gen(function* () {
      const { resolve } = yield* Path.Path
      yield* setVariables({ IMSG_GATEWAY_STATE_DIR: "state" })
      const loaded = yield* load(Option.some(yield* written("{}")))
      expect(loaded.stateDir).toBe(resolve("state"))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
