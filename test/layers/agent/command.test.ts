/** The command runtime, with real commands. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Ref } from "effect"
import { askCommand, type CommandRuntime } from "../../../src/layers/agent/command.ts"
import type { Turn } from "../../../src/schemas/Turn.ts"
import { Said } from "../../../src/services/Agent.ts"
import { ALICE, asTurnMessage, BOB, makeEnvelope, withoutChat } from "../../support/envelopes.ts"
import { ProcessesLive, running, withVariables } from "../../support/processes.ts"
import { eventually } from "../../support/simulator.ts"
import { makeTurn } from "../../support/turns.ts"

const MEBIBYTE = 1024 * 1024

/** A runtime that runs a shell script. */
const script = (text: string, given: Partial<CommandRuntime> = {}): CommandRuntime => ({
  type: "command",
  command: ["/bin/sh", "-c", text],
  format: "text",
  timeoutMs: 20_000,
  env: {},
  passEnv: [],
  ...given
})

const answering = (
  runtime: CommandRuntime,
  turn: Turn = makeTurn(),
  say: (said: Said) => Effect.Effect<void> = () => Effect.void
) =>
  askCommand(
    {
      id: "main",
      isDefault: true,
      markdown: "keep" as const,
      mediaRoots: [],
      mediaHosts: [],
      onReaction: "context",
      maxParts: 30,
      groupActions: false,
      runtime
    },
    runtime,
    turn,
    say
  )

/** What it answers in words. */
const ask = (
  runtime: CommandRuntime,
  turn: Turn = makeTurn(),
  say: (said: Said) => Effect.Effect<void> = () => Effect.void
) => Effect.map(answering(runtime, turn, say), ({ replies }) => replies)

/** What an agent says before its end, and what it answers. */
const hear = (text: string, given: Partial<CommandRuntime> = {}) =>
  Effect.gen(function* () {
    const heard = yield* Ref.make<ReadonlyArray<Said>>([])
    const runtime = script(text, { format: "json", ...given })
    const replies = yield* ask(runtime, makeTurn(), (said) => Ref.update(heard, (all) => [...all, said]))
    return { replies, said: yield* Ref.get(heard) }
  })

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("an answer", () => {
    it.effect("is what the command prints, for the prompt that it reads", () =>
      Effect.gen(function* () {
        const turn = makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ text: "grüß dich 👋" }))] })
        expect(yield* ask(script("echo; printf 'you said: '; cat; echo; echo"), turn)).toEqual([
          { text: "you said: grüß dich 👋" }
        ])
      })
    )

    it.effect.each([
      { what: "nothing", printed: "" },
      { what: "only blank lines", printed: "\\n  \\n" }
    ])("is none where the command prints $what", ({ printed }) =>
      Effect.gen(function* () {
        expect(yield* ask(script(`printf '${printed}'`))).toEqual([])
        expect(yield* ask(script(`printf '${printed}'`, { format: "json" }))).toEqual([])
      })
    )

    it.effect("is a list of replies in the format json", () =>
      Effect.gen(function* () {
        const replies = [{ text: "one" }, { media: ["/tmp/a.png"] }, { text: "two", media: ["/tmp/b.png"] }]
        const runtime = script('printf %s "$REPLIES"', {
          format: "json",
          env: { REPLIES: JSON.stringify({ replies }) }
        })
        expect(yield* ask(runtime)).toEqual(replies)
      })
    )

    it.effect.each([
      {
        what: "what is done beside the replies",
        output: { replies: [{ text: "one" }], unsend: ["a"] },
        answer: { replies: [{ text: "one" }], acts: { unsend: ["a"] } }
      },
      {
        what: "only what is done",
        output: { replies: [], reactions: [{ guid: true, reaction: "like" }] },
        answer: { replies: [], acts: { reactions: [{ guid: true, reaction: "like" }] } }
      },
      {
        what: "nothing that is done",
        output: { replies: [], reactions: [], votes: [] },
        answer: { replies: [] }
      }
    ])("in the format json may have $what", ({ answer, output }) =>
      Effect.gen(function* () {
        const runtime = script('printf %s "$OUTPUT"', {
          format: "json",
          env: { OUTPUT: JSON.stringify(output) }
        })
        expect(yield* answering(runtime)).toStrictEqual(answer)
      })
    )

    it.effect("to the format json is given the whole turn and its prompt", () =>
      Effect.gen(function* () {
        const turn = makeTurn({ systemPrompt: "be kind" })
        const runtime = script('printf \'{"replies":[{"text":"%s"}]}\' "$(base64 | tr -d "\\n")"', {
          format: "json"
        })
        const [reply] = yield* ask(runtime, turn)
        expect(JSON.parse(Buffer.from(reply?.text ?? "", "base64").toString("utf8"))).toEqual({
          ...turn,
          prompt: "be kind\n\nhello"
        })
      })
    )

    it.effect("knows the turn by its environment, which the config cannot replace", () =>
      Effect.gen(function* () {
        const runtime = script(
          'env | while read -r set; do case $set in GATEWAY_* | MINE=*) echo "$set" ;; esac; done | sort',
          {
            env: { MINE: "1", GATEWAY_CHAT_ID: "other" }
          }
        )
        expect(yield* ask(runtime)).toEqual([
          {
            text: [
              "GATEWAY_ACCOUNT_ID=default",
              "GATEWAY_AGENT_ID=main",
              "GATEWAY_CHAT_ID=7",
              "GATEWAY_SENDER=+15555550101",
              "GATEWAY_SENDERS=+15555550101",
              "GATEWAY_SESSION_KEY=agent:main:main",
              "GATEWAY_TURN_ID=default:guid-1",
              "MINE=1"
            ].join("\n")
          }
        ])
      })
    )

    it.effect(
      "knows who wrote last, and everybody who wrote, one a line in the order of their first words",
      () =>
        Effect.gen(function* () {
          const by = (sender: string) => asTurnMessage(makeEnvelope({ sender }))
          const turn = makeTurn({ envelopes: [by(BOB), by(ALICE), by(BOB)] })
          expect(yield* ask(script('printf "%s;%s" "$GATEWAY_SENDER" "$GATEWAY_SENDERS"'), turn)).toEqual([
            { text: `${BOB};${BOB}\n${ALICE}` }
          ])
        })
    )

    it.effect("is given also where a handle has what a variable cannot hold", () =>
      Effect.gen(function* () {
        const turn = makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ sender: "a\0b\nc" }))] })
        expect(yield* ask(script('printf "%s;%s" "$GATEWAY_SENDER" "$GATEWAY_SENDERS"'), turn)).toEqual([
          { text: "a b c;a b c" }
        ])
      })
    )

    it.scoped(
      "has of the gateway's own variables only those that every program gets, and those that are named",
      () =>
        Effect.gen(function* () {
          yield* withVariables({ PAGE_TOKEN: "hush", CLOUD_KEY: "key", CLOUD_ZONE: "eu", OTHER: "gateway's" })
          const runtime = script("env", { passEnv: ["CLOUD_*", "OTHER", "NOT_THERE"], env: { OTHER: "own" } })
          const [reply] = yield* ask(runtime)
          const lines = (reply?.text ?? "").split("\n")
          expect(lines).toContain("CLOUD_KEY=key")
          expect(lines).toContain("CLOUD_ZONE=eu")
          expect(lines).toContain("OTHER=own")
          expect(reply?.text).not.toMatch(/PAGE_TOKEN|SSH_AUTH_SOCK|NOT_THERE/u)
        })
    )

    it.effect("knows no chat where Messages does not say which it is", () =>
      Effect.gen(function* () {
        const turn = makeTurn({ envelopes: [asTurnMessage(withoutChat(makeEnvelope()))] })
        expect(yield* ask(script('printf "<%s>" "$GATEWAY_CHAT_ID"'), turn)).toEqual([{ text: "<>" }])
      })
    )

    it.scoped("is made in the folder of the config", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const cwd = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
        expect(yield* ask(script("pwd -P", { cwd }))).toEqual([{ text: cwd }])
      })
    )

    it.effect("of exactly 1 MiB is taken", () =>
      Effect.gen(function* () {
        const [reply] = yield* ask(script(`head -c ${MEBIBYTE} /dev/zero | tr '\\0' x`))
        expect(reply?.text).toHaveLength(MEBIBYTE)
      })
    )

    it.effect("comes from a command that does not read its input", () =>
      Effect.gen(function* () {
        const turn = makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ text: "x".repeat(MEBIBYTE) }))] })
        expect(yield* ask(script("exec 0<&-; echo done"), turn)).toEqual([{ text: "done" }])
        expect(yield* ask(script("echo done"), turn)).toEqual([{ text: "done" }])
      })
    )

    it.effect("does not wait for what the command leaves behind, which is ended", () =>
      Effect.gen(function* () {
        const [reply] = yield* ask(script("sleep 1000 & echo $!"))
        const pids = [Number(reply?.text)]
        expect(pids).toEqual([expect.any(Number)])
        yield* eventually("no process", running(pids), (left) => left.length === 0)
      })
    )
  })

  describe("what is said before the end", () => {
    const SAY = '{"say": "one"}'
    const REPLIES = '{"replies": [{"text": "last"}]}'
    const say = (text: string) => Said.Say({ reply: { text } })

    it.effect.each([
      { what: "nothing", printed: [REPLIES], said: [], replies: [{ text: "last" }] },
      { what: "all of it", printed: [SAY], said: [say("one")], replies: [] },
      {
        what: "a part, a sign of life and a file",
        printed: [SAY, '{"interim": "looking"}', "", '{"say": {"media": ["/tmp/a.png"]}}', REPLIES],
        said: [say("one"), Said.Interim({ text: "looking" }), Said.Say({ reply: { media: ["/tmp/a.png"] } })],
        replies: [{ text: "last" }]
      },
      {
        what: "nothing, where one JSON value has many lines",
        printed: ['{"replies": [', '{"text": "one"},', '{"text": "two"}', "]}"],
        said: [],
        replies: [{ text: "one" }, { text: "two" }]
      },
      {
        what: "nothing, where a line has the replies too",
        printed: ['{"say": "one", "replies": [{"text": "last"}]}'],
        said: [],
        replies: [{ text: "last" }]
      }
    ])("is $what", ({ printed, replies, said }) =>
      Effect.gen(function* () {
        const text = `cat > /dev/null; printf '%s\\n' ${printed.map((line) => `'${line}'`).join(" ")}`
        expect(yield* hear(text)).toEqual({ said, replies })
      })
    )

    it.effect("needs no line end at its own end", () =>
      Effect.gen(function* () {
        expect(yield* hear(`printf '%s' '${SAY}'`)).toEqual({ said: [say("one")], replies: [] })
      })
    )

    it.effect("is said at once, while the program runs", () =>
      Effect.gen(function* () {
        const heard = yield* Deferred.make<Said>()
        const runtime = script(`printf '%s\\n' '${SAY}'; sleep 600`, { format: "json" })
        const asking = yield* Effect.fork(
          ask(runtime, makeTurn(), (said) => Effect.asVoid(Deferred.succeed(heard, said)))
        )
        expect(yield* Deferred.await(heard)).toEqual(say("one"))
        yield* Fiber.interrupt(asking)
      })
    )

    it.effect("is text like any other in the format text", () =>
      Effect.gen(function* () {
        expect(yield* hear(`printf '%s' '${SAY}'`, { format: "text" })).toEqual({
          said: [],
          replies: [{ text: SAY }]
        })
      })
    )

    it.effect("counts for how much may be printed", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(ask(script(`yes '${SAY}'`, { format: "json" })))
        expect(failure).toMatchObject({ detail: `it printed more than ${MEBIBYTE} bytes` })
      })
    )
  })

  describe("a failure", () => {
    it.effect.each([
      {
        what: "an exit code",
        runtime: script("echo half an answer; exit 3"),
        detail: "it exited with code 3"
      },
      { what: "a signal", runtime: script("kill -KILL $$"), detail: "it was ended by SIGKILL" },
      {
        what: "too much output",
        runtime: script("yes"),
        detail: `it printed more than ${MEBIBYTE} bytes`
      },
      {
        what: "a byte too much",
        runtime: script(`head -c ${MEBIBYTE + 1} /dev/zero`),
        detail: `it printed more than ${MEBIBYTE} bytes`
      },
      {
        what: "output that is no JSON in the format json",
        runtime: script("echo hello", { format: "json" }),
        detail: expect.stringContaining('its output is not {"replies"')
      },
      {
        what: "JSON of another form",
        runtime: script(`echo '{"reply":"x"}'`, { format: "json" }),
        detail: expect.stringContaining('its output is not {"replies"')
      },
      {
        what: "a program that does not exist",
        runtime: script("", { command: ["/nowhere/agent", "--key", "sk-hush"] }),
        detail: "/nowhere/agent cannot be started: there is no such program"
      },
      {
        what: "a folder that does not exist",
        runtime: script("echo hi", { cwd: "/nowhere" }),
        detail: "/bin/sh cannot be started in /nowhere: there is no such program"
      },
      {
        what: "a command line that is longer than the system takes, of which only the reason is told",
        runtime: script("", { command: ["/bin/echo", "sk-hush".repeat(1_000_000)] }),
        detail: expect.stringMatching(/^\/bin\/echo cannot be started: .{1,30}$/u)
      }
    ])("is $what", ({ detail, runtime }) =>
      Effect.gen(function* () {
        expect(yield* Effect.flip(ask(runtime))).toMatchObject({
          _tag: "AgentFailed",
          agentId: "main",
          detail
        })
      })
    )

    it.effect("has the end of a long stderr in its report, which is for the dead letter", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(ask(script("yes | head -c 100000 >&2; echo the end >&2; exit 1")))
        expect(failure.report).toMatch(/^agent main failed: it exited with code 1: [\s\S]*the end$/u)
        expect(failure.report.length).toBeLessThan(600)
      })
    )

    it.effect(
      "has nothing of stderr in its message, which is logged: agents repeat what they were told",
      () =>
        Effect.gen(function* () {
          const failure = yield* Effect.flip(ask(script("cat >&2; exit 1")))
          expect(failure.message).toBe("agent main failed: it exited with code 1")
          expect(failure.report).toBe("agent main failed: it exited with code 1: hello")
        })
    )
  })

  describe("the whole process group is ended", () => {
    const FAMILY = "trap '' TERM; sleep 1000 & echo $$ $! > \"$PIDS\"; wait; wait"

    /** A command that writes its process ids to a file, and those ids once they are there. */
    const family = (timeoutMs: number) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const file = path.join(yield* fs.makeTempDirectoryScoped(), "pids")
        const pids = eventually(
          "the process ids",
          Effect.orElseSucceed(fs.readFileString(file), () => ""),
          (text) => text.endsWith("\n")
        ).pipe(Effect.map((text) => text.trim().split(" ").map(Number)))
        return { pids, runtime: script(FAMILY, { timeoutMs, env: { PIDS: file } }) }
      })

    it.scoped("when it takes too long", () =>
      Effect.gen(function* () {
        const { pids, runtime } = yield* family(2000)
        const asking = yield* Effect.fork(Effect.flip(ask(runtime)))
        const started = yield* pids
        expect(yield* Fiber.join(asking)).toMatchObject({
          _tag: "AgentTimeout",
          agentId: "main",
          afterMs: 2000
        })
        yield* eventually("no process", running(started), (left) => left.length === 0)
      })
    )

    it.scoped("when nobody waits for the answer any more", () =>
      Effect.gen(function* () {
        const { pids, runtime } = yield* family(60_000)
        const asking = yield* Effect.fork(ask(runtime))
        const started = yield* pids
        yield* Fiber.interrupt(asking)
        yield* eventually("no process", running(started), (left) => left.length === 0)
      })
    )
  })
})
