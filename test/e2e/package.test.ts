/** What `npm pack` makes is all that somebody needs who has Node and npm: no registry, no compiler, no other package. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runWith } from "../support/command.ts"
import { Package } from "../support/package.ts"
import { LAUNCHD, makeUser, SYSTEMD } from "../support/service.ts"

const MEGABYTE = 1024 * 1024
const MOST = 25 * MEGABYTE

const Manifest = Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.Unknown }))

describe("the package", () => {
  layer(Package.layer, { excludeTestServices: true, timeout: "2 minutes" })((it) => {
    it.effect(
      "has the program, its documents and the licences of what is in it, and nothing else of the project",
      () =>
        Effect.gen(function* () {
          const { files } = yield* Package
          for (const file of [
            "LICENSE",
            "README.md",
            "CHANGELOG.md",
            "docs/mac.md",
            "dist/main.js",
            "dist/page/index.html",
            "dist/sqlite/lib/index.cjs",
            "dist/THIRD-PARTY-LICENSES"
          ]) {
            expect(files).toContain(file)
          }
          const known =
            /^(?:dist\/(?:main\.js|piece-\w{8}\.js|page\/.*|sqlite\/.*|THIRD-PARTY-LICENSES)|docs\/.*\.md|examples\/.*|[A-Z]+(?:\.md)?|package\.json)$/u
          expect(files.filter((file) => !known.test(file) || file.endsWith(".map"))).toEqual([])
          expect(files).not.toContain("dist/piece-LEFTOVER.js")
        })
    )

    it.effect("needs no other package, and runs nothing when it is installed", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { installed } = yield* Package
        const manifest = yield* Schema.decode(Manifest)(yield* fs.readFileString(`${installed}/package.json`))
        expect(Object.keys(manifest)).not.toContain("private")
        expect(Object.keys(manifest)).not.toContain("dependencies")
        expect(Object.keys(manifest)).not.toContain("optionalDependencies")
        expect(manifest.scripts).not.toHaveProperty("install")
        expect(manifest.scripts).not.toHaveProperty("postinstall")
        expect(yield* fs.exists(`${installed}/node_modules`)).toBe(false)
      }).pipe(Effect.provide(NodeContext.layer))
    )

    it.effect("is small, as packed and on the disk", () =>
      Effect.gen(function* () {
        const { installed, unpackedSize } = yield* Package
        const { stdout } = yield* runWith({}, "du", "-sk", installed)
        expect(unpackedSize).toBeLessThan(MOST)
        expect(Number.parseInt(stdout, 10) * 1024).toBeLessThan(MOST)
      })
    )

    it.effect("names the licence of each package that is part of it", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { installed } = yield* Package
        const text = yield* fs.readFileString(`${installed}/dist/THIRD-PARTY-LICENSES`)
        for (const name of [
          "effect",
          "@effect/cluster",
          "json5",
          "@photostructure/sqlite",
          "node-gyp-build"
        ]) {
          expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, "mu"))
        }
      }).pipe(Effect.provide(NodeContext.layer))
    )

    it.effect("plays the demo after npm i -g", () =>
      Effect.gen(function* () {
        const { gateway } = yield* Package
        const { code, stderr, stdout } = yield* gateway("demo")
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(stdout).toContain("ended with exit code 0")
      })
    )

    it.effect("plays the demo by npx, where it is not installed", () =>
      Effect.gen(function* () {
        const { npx } = yield* Package
        const { code, stdout } = yield* npx("demo")
        expect(code).toBe(0)
        expect(stdout).toContain("ended with exit code 0")
      })
    )

    describe("as a service", () => {
      it.scoped("is started after npm i -g from where npm has put it", () =>
        Effect.gen(function* () {
          const { installed, prefix } = yield* Package
          const user = yield* makeUser()
          const service = (...args: ReadonlyArray<string>) =>
            runWith(user.env, `${prefix}/bin/imsg-gateway`, "service", ...args, "--config", user.configFile)
          const main = `${installed}/dist/main.js`
          expect(yield* service("install", ...SYSTEMD)).toMatchObject({ code: 0, stderr: "" })
          expect(yield* service("install", ...LAUNCHD)).toMatchObject({ code: 0, stderr: "" })
          const fs = yield* FileSystem.FileSystem
          expect(yield* fs.readFileString(user.unit)).toContain(`"${main}" "--config"`)
          expect(yield* fs.readFileString(user.plist)).toContain(`<string>${main}</string>`)
          expect((yield* service("status", ...SYSTEMD)).stdout).toContain(main)
        }).pipe(Effect.provide(NodeContext.layer))
      )

      it.scoped("is started from Homebrew's link, which stays when a version goes", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { prefix } = yield* Package
          const user = yield* makeUser()
          const brew = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
          const cellar = `${brew}/Cellar/imsg-gateway/0.1.0`
          yield* Effect.forEach([cellar, `${brew}/opt`], (folder) =>
            fs.makeDirectory(folder, { recursive: true })
          )
          yield* runWith({}, "cp", "-R", prefix, `${cellar}/libexec`)
          yield* fs.symlink("../Cellar/imsg-gateway/0.1.0", `${brew}/opt/imsg-gateway`)
          const { stdout } = yield* runWith(
            user.env,
            `${cellar}/libexec/bin/imsg-gateway`,
            ...["service", "print", ...LAUNCHD, "--config", user.configFile]
          )
          expect(stdout).toContain(
            `<string>${brew}/opt/imsg-gateway/libexec/lib/node_modules/imsg-gateway/dist/main.js</string>`
          )
        }).pipe(Effect.provide(NodeContext.layer))
      )

      it.scoped("is not installed where npx has put it for a moment", () =>
        Effect.gen(function* () {
          const { npx } = yield* Package
          const user = yield* makeUser()
          const { code, stderr } = yield* npx("service", "install", "--config", user.configFile)
          expect(code).toBe(1)
          expect(stderr).toContain("was run by npx")
          expect(stderr).toContain("`npm install -g imsg-gateway && imsg-gateway service install`")
        })
      )
    })
  })
})
