/** Runs a script on a Mac, over the way that its `imsg` is reached. */
import { randomBytes } from "node:crypto"
import { Command } from "@effect/platform"
import { Effect, Fiber, Mailbox, Option, Ref, type Scope, Stream } from "effect"
import { SshFailed } from "../../schemas/errors/ssh.ts"
import { type GroupLeader, ProcessGroup } from "../../services/ProcessGroup.ts"
import type { RemoteHost } from "../../services/RemoteFiles.ts"
import { withChildEnvironment } from "../config/environment.ts"
import { SSH_EXIT, sshFailureIn } from "./sshFailure.ts"

/** More than this before the script's own first line is no greeting. */
const MAX_GREETING = 64 * 1024
/** How long what ssh says is waited for once it has ended; a shared connection may hold its stderr open. */
const LAST_WORDS = "300 millis"
const TAIL_CHARS = 4000

/** Ours come first: the first value of an option is the one that counts. */
const FIRST = ["BatchMode=yes", "RemoteCommand=none", "RequestTTY=no", "ClearAllForwardings=yes"]
/** What the account says itself about these wins. */
const LAST = ["ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=3"]

const asOptions = (settings: ReadonlyArray<string>) => settings.flatMap((setting) => ["-o", setting])

/** The command line that runs a script on a host. */
const sshCommand = (
  { destination, environment, options, program }: RemoteHost,
  script: string
): Effect.Effect<Command.Command> =>
  withChildEnvironment(
    Command.make(program, ...asOptions(FIRST), ...options, ...asOptions(LAST), "--", destination, script),
    environment
  )

/** What a script answered: a word, then what follows its first line. */
export interface Answer {
  readonly word: string
  readonly rest: string
  /**
   * What came after the first line; to be read within the scope. Fails where the connection ends too early; a script
   * that fails once it has answered just gives less.
   */
  readonly bytes: Stream.Stream<Uint8Array, SshFailed>
}

const LINE_BREAK = 10

/** Why a process of ssh ended without doing what it was to do. */
const endOf = (host: RemoteHost, leader: GroupLeader, stderr: Effect.Effect<string>) =>
  Effect.gen(function* () {
    const exit = yield* leader.exit
    const said = yield* stderr
    return Option.getOrElse(
      exit.code === SSH_EXIT ? sshFailureIn(said, host.destination) : Option.none(),
      () =>
        new SshFailed({
          host: host.destination,
          reason: exit.code === SSH_EXIT || exit.code === undefined ? "lost" : "no-shell",
          detail:
            said.trim().split("\n").at(-1)?.slice(0, 300) ||
            (exit.code === undefined ? `ssh was ended by ${exit.signal}` : `exit code ${exit.code}`)
        })
    )
  })

/** Gathers what is printed for people, and answers it once there is an end to it. */
const lastWords = (leader: GroupLeader) =>
  Effect.gen(function* () {
    const said = yield* Ref.make("")
    const reading = yield* leader.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(said, (before) => (before + text).slice(-TAIL_CHARS))),
      Effect.ignore,
      Effect.forkScoped
    )
    return Effect.zipRight(Effect.timeoutOption(Fiber.await(reading), LAST_WORDS), Ref.get(said))
  })

/**
 * Starts a script of scripts.ts on a host, and waits for its answer. `lines` are what it reads after its word, and
 * `content` what comes after them. The process ends with the scope.
 */
export const runRemote = <E>(
  host: RemoteHost,
  script: string,
  lines: ReadonlyArray<string>,
  content: Stream.Stream<Uint8Array, E> = Stream.empty
): Effect.Effect<Answer, SshFailed, ProcessGroup | Scope.Scope> =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const word = randomBytes(12).toString("hex")
    const leader = yield* groups
      .spawn(yield* sshCommand(host, script))
      .pipe(
        Effect.mapError(
          ({ message }) => new SshFailed({ host: host.destination, reason: "no-shell", detail: message })
        )
      )
    const stderr = yield* lastWords(leader)
    yield* Stream.make(`${[word, ...lines].join("\n")}\n`).pipe(
      Stream.encodeText,
      Stream.concat(content),
      Stream.run(leader.stdin),
      // Nobody says that input was not read when a process ends: the pipe closes without an event.
      Effect.raceFirst(leader.exit),
      Effect.ignore,
      Effect.forkScoped
    )
    const ended = endOf(host, leader, stderr)
    const chunks = yield* Mailbox.make<Uint8Array>({ capacity: 8 })
    yield* leader.stdout.pipe(
      Stream.runForEach((chunk) => chunks.offer(chunk)),
      Effect.ignore,
      Effect.ensuring(chunks.end),
      Effect.forkScoped
    )
    const failEarly = Effect.flatMap(ended, Effect.fail)
    let seen: Uint8Array = new Uint8Array()
    let from = 0
    while (true) {
      const end = seen.indexOf(LINE_BREAK, from)
      if (end === -1) {
        if (seen.length > MAX_GREETING) {
          return yield* new SshFailed({
            host: host.destination,
            reason: "no-shell",
            detail: "something else was printed than what was asked for"
          })
        }
        const more = yield* Effect.catchAll(chunks.take, () => failEarly)
        seen = Buffer.concat([seen.subarray(from), more])
        from = 0
        continue
      }
      const line = Buffer.from(seen.subarray(from, end)).toString("utf8")
      from = end + 1
      // A greeting without a line break stands before it on the same line.
      const at = line.lastIndexOf(`${word} `)
      if (at === -1) continue
      const [answer = "", ...rest] = line
        .slice(at + word.length + 1)
        .trim()
        .split(" ")
      return {
        word: answer,
        rest: rest.join(" "),
        bytes: Stream.concat(Stream.make(seen.subarray(from)), Mailbox.toStream(chunks)).pipe(
          Stream.filter((chunk) => chunk.length > 0),
          Stream.concat(
            Stream.unwrap(
              Effect.map(leader.exit, ({ code }) =>
                code === undefined || code === SSH_EXIT ? Stream.fromEffect(failEarly) : Stream.empty
              )
            )
          )
        )
      }
    }
  })
