import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it, vi } from "@effect/vitest"
import { Effect, Option } from "effect"
import { layer, load } from "../../src/layers/ConfigFile.ts"
import { ConfigService } from "../../src/services/ConfigService.ts"

/** Sets variables of this process until the test ends. */
const setVariables = (variables: { readonly [name: string]: string }) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    }),
    () => Effect.sync(() => vi.unstubAllEnvs())
  )

describe("loading", () => {
  const written = (text: string) =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* fileSystem.makeTempDirectoryScoped(), "config.json5")
      yield* fileSystem.writeFileString(file, text)
      return file
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
      const service = yield* Effect.provide(ConfigService, layer(Option.some(file)))
      expect(service.retention.days).toBe(3)
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
