/** What is read from the disk: the config, the state folder, its lock, and the file of the service. */
import { FileSystem, Path } from "@effect/platform"
import { SystemError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { expect, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { lockHolder } from "../../../src/layers/process/lockHolder.ts"
import * as StateLockLive from "../../../src/layers/process/StateLockLive.ts"
import { examineConfig } from "../../../src/programs/commands/doctor/config.ts"
import { serviceCheck } from "../../../src/programs/commands/doctor/service.ts"
import { stateFolderCheck } from "../../../src/programs/commands/doctor/stateFolder.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "imsg-doctor-" })
)

const write = (file: string, text: string, mode = 0o600) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname } = yield* Path.Path
    yield* fs.makeDirectory(dirname(file), { recursive: true })
    yield* fs.writeFileString(file, text, { mode })
    return file
  })

layer(NodeContext.layer)("the config", (it) => {
  const examined = (text: string) =>
    Effect.gen(function* () {
      const file = yield* write(`${yield* folder}/config.json5`, text)
      const [check, known] = yield* examineConfig(Option.some(file))
      return { file, check, known, ids: known.accounts?.map(({ id }) => id) }
    })

  it.scoped("that is valid is in order, and names its accounts", () =>
    Effect.gen(function* () {
      const { check, file } = yield* examined(
        "{ imessage: { accounts: { a: {}, b: { enabled: false }, c: { dbPath: '/c' } } }, agents: { list: [{ id: 'main', runtime: { type: 'echo' } }] } }"
      )
      expect(check).toMatchObject({ status: "ok", detail: `${file}; accounts: a, c` })
    })
  )

  it.scoped("with warnings shows each of them", () =>
    Effect.gen(function* () {
      const { check } = yield* examined("{ other: 1, imessage: { dmPolicy: 'allowlist' } }")
      expect(check.status).toBe("warning")
      expect(check.detail).toContain("strangers are answered in groups by account default")
      expect(check.detail.split("\n").length).toBeGreaterThan(2)
    })
  )

  it.scoped("with a secret that others can read is a warning, and with one that they cannot is none", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* fs.makeTempDirectoryScoped({ directory: "/tmp" })
      yield* fs.chmod(dir, 0o755)
      const text =
        "{ agents: { list: [{ id: 'main', runtime: { type: 'echo' } }] }, control: { http: { port: 8080, token: 'hush-hush-nobody-hears-what-it-is' } } }"
      const file = yield* write(`${dir}/config.json5`, text, 0o644)
      const examine = Effect.map(examineConfig(Option.some(file)), ([check]) => check)
      expect(yield* examine).toMatchObject({
        status: "warning",
        detail: expect.stringContaining(
          `${file} holds a secret (control.http.token), and other users of this machine can read it: \`chmod 600\` it`
        )
      })
      expect(JSON.stringify(yield* examine)).not.toContain("hush-hush")
      yield* fs.chmod(file, 0o600)
      expect(yield* examine).toMatchObject({ status: "ok" })
    })
  )

  it.scoped("without an enabled account is a warning", () =>
    Effect.gen(function* () {
      const { check } = yield* examined("{ imessage: { enabled: false } }")
      expect(check.status).toBe("warning")
      expect(check.detail).toContain("no account is enabled")
    })
  )

  it.scoped("that is invalid elsewhere hides neither the accounts nor the state folder", () =>
    Effect.gen(function* () {
      const { check, ids, known } = yield* examined(
        "{ stateDir: '/state', imessage: { accounts: { a: {} } }, retention: { days: 'x' }, shutdownMs: -1 }"
      )
      expect(check.status).toBe("failed")
      expect(check.detail).toContain("retention.days: ")
      expect(check.detail).toContain("shutdownMs: ")
      expect(known.stateDir).toBe("/state")
      expect(ids).toEqual(["a"])
    })
  )

  it.scoped("with invalid accounts hides the accounts only", () =>
    Effect.gen(function* () {
      const { ids, known } = yield* examined("{ stateDir: '/state', imessage: { dmPolicy: 'nobody' } }")
      expect(known.stateDir).toBe("/state")
      expect(ids).toBeUndefined()
    })
  )

  it.scoped("with an invalid state folder hides that only", () =>
    Effect.gen(function* () {
      const { ids, known } = yield* examined("{ stateDir: 'relative' }")
      expect(known.stateDir).toBeUndefined()
      expect(ids).toEqual(["default"])
    })
  )

  it.scoped("that is no JSON5 leaves nothing known", () =>
    Effect.gen(function* () {
      const { check, file, known } = yield* examined("{ imessage: ")
      expect(check.status).toBe("failed")
      expect(known).toEqual({ file })
    })
  )

  it.scoped("that is missing is looked at as if it were empty", () =>
    Effect.gen(function* () {
      const [check, known] = yield* examineConfig(Option.some("/nowhere/config.json5"))
      expect(check).toMatchObject({ status: "failed" })
      expect(check.detail).toContain("/nowhere/config.json5 does not exist")
      expect(known.accounts?.map(({ id }) => id)).toEqual(["default"])
    })
  )
})

layer(NodeContext.layer)("the state folder", (it) => {
  it.scoped("that is not there yet is in order", () =>
    Effect.gen(function* () {
      const check = yield* stateFolderCheck(`${yield* folder}/not/there`, Option.none())
      expect(check).toMatchObject({ status: "ok" })
      expect(check.detail).toContain("does not exist yet")
    })
  )

  it.scoped("of 0700 is in order, and says who runs on it", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      expect(yield* stateFolderCheck(dir, Option.some(42))).toMatchObject({
        status: "ok",
        detail: `${dir}; the gateway with pid 42 runs on it`
      })
    })
  )

  it.scoped("that others can read is a warning", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* folder
      yield* fs.chmod(dir, 0o755)
      const check = yield* stateFolderCheck(dir, Option.none())
      expect(check).toMatchObject({ status: "warning", remedy: expect.stringContaining(`chmod 700 ${dir}`) })
    })
  )

  it.scoped("that is a file fails", () =>
    Effect.gen(function* () {
      const file = yield* write(`${yield* folder}/state`, "")
      expect(yield* stateFolderCheck(file, Option.none())).toMatchObject({ status: "failed" })
    })
  )

  it.effect("that cannot be written fails", () =>
    Effect.gen(function* () {
      const real = yield* FileSystem.FileSystem
      const readOnly = FileSystem.FileSystem.of({
        ...real,
        access: (path) =>
          new SystemError({
            reason: "PermissionDenied",
            module: "FileSystem",
            method: "access",
            pathOrDescriptor: path
          })
      })
      const check = (dir: string) =>
        stateFolderCheck(dir, Option.none()).pipe(Effect.provideService(FileSystem.FileSystem, readOnly))
      expect(yield* check("/tmp")).toMatchObject({ status: "failed", detail: "/tmp is not writable" })
      expect((yield* check("/tmp/imsg-nowhere/state")).detail).toContain(
        "cannot be made: /tmp is not writable"
      )
    })
  )
})

layer(NodeContext.layer)("the lock of the state folder", (it) => {
  it.scoped("that a gateway holds names it, and is not touched", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      yield* Effect.gen(function* () {
        expect(yield* lockHolder(dir)).toEqual(Option.some(process.pid))
        expect(yield* lockHolder(dir)).toEqual(Option.some(process.pid))
      }).pipe(Effect.provide(StateLockLive.layer(dir)))
      expect(yield* lockHolder(dir)).toEqual(Option.none())
    })
  )

  it.scoped("is held by nobody where a process only has the number of an earlier gateway", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      yield* Effect.void.pipe(Effect.provide(StateLockLive.layer(dir)))
      yield* write(`${dir}/gateway.pid`, `${process.pid}\n`)
      expect(yield* lockHolder(dir)).toEqual(Option.none())
    })
  )

  it.scoped.each(["", "0\n", "-1\n", "x\n", "99999999\n"])(
    "is held by nobody where the pid file says %j",
    (pid) =>
      Effect.gen(function* () {
        const dir = yield* folder
        yield* write(`${dir}/gateway.pid`, pid)
        expect(yield* lockHolder(dir)).toEqual(Option.none())
      })
  )
})

layer(NodeContext.layer)("the service", (it) => {
  const plist = (...words: ReadonlyArray<string>) =>
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Label</key><string>dev.imsg-gateway</string><key>ProgramArguments</key><array>${words
      .map((word) => `<string>${word.replaceAll("&", "&amp;")}</string>`)
      .join("")}</array></dict></plist>`

  /** A home folder with a service in it, a node & its program, and the look at it from a terminal. */
  const installed = (options: {
    readonly platform: "darwin" | "linux"
    readonly config?: string
    readonly env?: object
  }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const home = yield* folder
      const node = yield* write(`${home}/R&D tools/node`, "", 0o755)
      const main = yield* write(`${home}/dist/main.js`, "")
      const words = [node, main, "--config", options.config ?? "/config.json5"]
      yield* options.platform === "darwin"
        ? write(`${home}/Library/LaunchAgents/dev.imsg-gateway.plist`, plist(...words))
        : write(
            `${home}/.config/systemd/user/imsg-gateway.service`,
            `[Service]\nExecStart=${words.map((word) => `"${word}"`).join(" ")}\n`
          )
      const look = serviceCheck({
        platform: options.platform,
        home,
        configFile: "/config.json5",
        surroundings: { env: { TERM_PROGRAM: "Apple_Terminal", ...options.env }, nodePath: node }
      })
      return { look, node, remove: fs.remove(node) }
    })

  it.scoped("may be missing", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const surroundings = { env: {}, nodePath: "/node" }
      expect(
        yield* serviceCheck({ platform: "darwin", home, configFile: undefined, surroundings })
      ).toMatchObject({
        status: "ok",
        detail: expect.stringContaining("not installed")
      })
    })
  )

  it.scoped("of systemd is in order", () =>
    Effect.gen(function* () {
      const { look, node } = yield* installed({ platform: "linux" })
      expect(yield* look).toMatchObject({ status: "ok", detail: expect.stringContaining(node) })
    })
  )

  it.scoped("of launchd has permissions of its own, which a terminal cannot see", () =>
    Effect.gen(function* () {
      const { look, node } = yield* installed({ platform: "darwin" })
      const check = yield* look
      expect(check.status).toBe("warning")
      expect(check.detail).toContain("what Terminal may")
      expect(check.detail).toContain(`what ${node} may`)
      expect(check.remedy).toContain("imsg-gateway status")
    })
  )

  it.scoped("of launchd is in order where doctor runs in the same surroundings", () =>
    Effect.gen(function* () {
      const { look } = yield* installed({ platform: "darwin", env: { XPC_SERVICE_NAME: "dev.imsg-gateway" } })
      expect(yield* look).toMatchObject({ status: "ok" })
    })
  )

  it.scoped.each(["darwin", "linux"] as const)("for another config is a warning (%s)", (platform) =>
    Effect.gen(function* () {
      const { look } = yield* installed({ platform, config: "/other.json5" })
      expect(yield* look).toMatchObject({
        status: "warning",
        detail: expect.stringContaining("/other.json5")
      })
    })
  )

  it.scoped.each(["darwin", "linux"] as const)("whose node an upgrade has removed fails (%s)", (platform) =>
    Effect.gen(function* () {
      const { look, node, remove } = yield* installed({ platform })
      yield* remove
      expect(yield* look).toMatchObject({
        status: "failed",
        detail: expect.stringContaining(`${node} is not there any more`),
        remedy: expect.stringContaining("service install")
      })
    })
  )

  it.scoped.each([
    { platform: "darwin", file: "Library/LaunchAgents/dev.imsg-gateway.plist" },
    { platform: "linux", file: ".config/systemd/user/imsg-gateway.service" }
  ] as const)("whose file is garbled fails ($platform)", ({ file, platform }) =>
    Effect.gen(function* () {
      const home = yield* folder
      yield* write(`${home}/${file}`, "<plist><dict>")
      const surroundings = { env: {}, nodePath: "/node" }
      expect(yield* serviceCheck({ platform, home, configFile: undefined, surroundings })).toMatchObject({
        status: "failed"
      })
    })
  )
})
