/** A real sshd on loopback, as the Mac that is reached over SSH. */
import { createServer } from "node:net"
import { userInfo } from "node:os"
import { dirname } from "node:path"
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Ref, Stream } from "effect"
import { childrenOf } from "./processTable.ts"
import { program, programs } from "./programs.ts"
import { eventually, isAlive, signal } from "./simulator.ts"

const freePort = Effect.async<number, Error>((resume) => {
  const server = createServer()
  server.on("error", (error) => resume(Effect.fail(error)))
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() =>
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    )
  })
})

const generateKey = (file: string) =>
  Effect.filterOrFail(
    Command.exitCode(Command.make("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file)),
    (code) => code === 0,
    () => new Error("ssh-keygen failed")
  )

export interface SshdOptions {
  /** Folders in which commands are found there. */
  readonly path?: ReadonlyArray<string>
}

/**
 * Starts an sshd with keys of its own, whose user has a home folder of their own too. It ends with the scope, and the
 * sessions with it.
 */
export const startSshd = (options: SshdOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    // It must be started by its full path.
    const sshd = yield* program("sshd")
    yield* programs("ssh", "ssh-keygen")
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-sshd-" })
    const at = (name: string) => join(dir, name)
    yield* Effect.forEach(["host_key", "key", "other_key"], (name) => generateKey(at(name)))
    const home = at("home")
    yield* fs.makeDirectory(home)
    yield* fs.copyFile(at("key.pub"), at("authorized_keys"))
    const port = yield* freePort
    const user = userInfo().username
    // As root it separates privileges in a folder that a service script would make.
    if (userInfo().uid === 0) yield* fs.makeDirectory("/run/sshd", { recursive: true, mode: 0o755 })
    const path = [...(options.path ?? []), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"]
    yield* fs.writeFileString(
      at("sshd_config"),
      [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${at("host_key")}`,
        `AuthorizedKeysFile ${at("authorized_keys")}`,
        `SetEnv HOME=${home} PATH=${path.join(":")}`,
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "MaxStartups 100"
      ].join("\n")
    )
    const hostKey = (yield* fs.readFileString(at("host_key.pub"))).split(" ").slice(0, 2).join(" ")
    yield* fs.writeFileString(at("known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`)
    yield* fs.writeFileString(at("no_hosts"), "")
    /** A config of ssh in which the host is called mac-mini. */
    const clientConfig = (name: string, known = "known_hosts", key = "key") =>
      Effect.as(
        fs.writeFileString(
          at(name),
          [
            "Host mac-mini",
            "  HostName 127.0.0.1",
            `  Port ${port}`,
            `  User ${user}`,
            `  IdentityFile ${at(key)}`,
            "  IdentitiesOnly yes",
            `  UserKnownHostsFile ${at(known)}`,
            "  GlobalKnownHostsFile none",
            ""
          ].join("\n")
        ),
        at(name)
      )
    const config = yield* clientConfig("ssh_config")

    const server = yield* Command.start(Command.make(sshd, "-D", "-e", "-f", at("sshd_config")))
    const log = yield* Ref.make("")
    yield* server.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(log, (seen) => seen + text)),
      Effect.ignore,
      Effect.forkScoped
    )
    const sessions = Effect.map(childrenOf(server.pid), (children) => children.map(({ pid }) => pid))
    const endSessions = Effect.flatMap(sessions, (pids) =>
      Effect.all(pids.map((pid) => signal(pid, "SIGKILL")))
    )
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(
        Effect.ignore(endSessions),
        isAlive(server.pid) ? signal(server.pid, "SIGKILL") : Effect.void
      )
    )
    yield* eventually("sshd listens", Ref.get(log), (seen) => seen.includes("Server listening"))

    return {
      dir,
      home,
      port,
      user,
      config,
      clientConfig,
      log: Ref.get(log),
      /** The options that lead to it by its address. */
      options: `-p ${port} -i ${at("key")} -o IdentitiesOnly=yes -o UserKnownHostsFile=${at("known_hosts")}`,
      at,
      /** The processes of its connections. */
      sessions,
      endSessions,
      pid: server.pid
    }
  }).pipe(Effect.provide(NodeContext.layer))

export type Sshd = Effect.Effect.Success<ReturnType<typeof startSshd>>

/** Writes an executable wrapper script, and answers where it is. */
export const wrapper = (file: string, ...lines: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* program("bash")
    yield* fs.writeFileString(file, `${["#!/usr/bin/env bash", ...lines].join("\n")}\n`, { mode: 0o755 })
    return file
  }).pipe(Effect.provide(NodeContext.layer))
