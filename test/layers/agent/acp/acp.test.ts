/** The `acp` runtime, with a stand-in for an agent that does everything inconvenient. */
import { Command, CommandExecutor, FileSystem } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Option, Schedule, Scope } from "effect"
import { NO_CHAT } from "../../../../src/schemas/Grant.ts"
import { Said } from "../../../../src/services/Agent.ts"
import type { Heard } from "../../../support/acp.ts"
import { makeAcp, saying } from "../../../support/acp.ts"
import { asTurnMessage, makeEnvelope } from "../../../support/envelopes.ts"
import { ProcessesLive, running } from "../../../support/processes.ts"
import { eventually } from "../../../support/simulator.ts"

const PROMPT = "Be kind.\n\n"
const LOST = { text: "(I have lost our earlier conversation, and begin anew.)" }

/** Until an agent that ended by itself may be started again. */
const PAUSES = Schedule.spaced("200 millis")

const methods = (heard: ReadonlyArray<Heard>) => heard.map(({ method }) => method)
const starts = (heard: ReadonlyArray<Heard>) => heard.filter(({ method }) => method === "(start)")
const pids = (heard: ReadonlyArray<Heard>) => starts(heard).map(({ pid }) => pid)
const hears = (heard: Effect.Effect<ReadonlyArray<Heard>, never, FileSystem.FileSystem>, method: string) =>
  eventually(`the agent to hear ${method}`, heard, (all) => methods(all).includes(method))
const gone = (pids: ReadonlyArray<number>) =>
  eventually("the end of its processes", running(pids), (left) => left.length === 0)

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("an agent of the Agent Client Protocol", () => {
    it.scoped("is started once, in a folder of its own, and goes on with a conversation", () =>
      Effect.gen(function* () {
        const { ask, heard, stateDir } = yield* makeAcp()
        const first = yield* ask("hello")
        expect(first.replies).toEqual([{ text: `turn 1 of small, ${PROMPT}hello` }])
        const second = yield* ask("again", first.reference)
        expect(second).toEqual({
          replies: [{ text: `turn 2 of small, ${PROMPT}again` }],
          reference: first.reference
        })
        const all = yield* heard
        expect(methods(all)).toEqual([
          "(start)",
          "initialize",
          "session/new",
          "session/prompt",
          "session/prompt"
        ])
        expect(all[0]?.params).toMatchObject({ cwd: `${stateDir}/agents/main` })
        expect(all[1]?.params).toMatchObject({
          protocolVersion: 1,
          clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false }
        })
      })
    )

    it.scoped("begins another conversation where there is none, in the same process", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const first = yield* ask("hello")
        const other = yield* ask("hello")
        expect(other.replies).toEqual(first.replies)
        expect(other.reference).not.toBe(first.reference)
        expect(starts(yield* heard)).toHaveLength(1)
      })
    )

    it.scoped("says what it said after the last use of a tool, and tells owners of the rest", () =>
      Effect.gen(function* () {
        const { ask, events } = yield* makeAcp()
        expect((yield* ask("do work")).replies).toEqual([{ text: `turn 1 of small, ${PROMPT}do work` }])
        expect(yield* events).toMatchObject([
          {
            _tag: "AgentWorked",
            turnId: "default:guid-1",
            agentId: "main",
            what: "thought",
            text: "I should look."
          },
          { what: "plan", text: "look" },
          { what: "tool", kind: "execute", text: "ls notes" }
        ])
      })
    )

    it.scoped("is given files by name, and pictures themselves", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { ask, heard, stateDir } = yield* makeAcp()
        const png = Buffer.from("89504e470d0a1a0a00", "hex")
        yield* fs.writeFile(`${stateDir}/a b.png`, png)
        const attachments = [
          { path: `${stateDir}/a b.png`, mimeType: "image/png", name: "a b.png", bytes: png.length },
          { path: `${stateDir}/plan.pdf`, mimeType: "application/pdf", name: "plan.pdf", bytes: 7 }
        ]
        const turn = saying("look", {
          envelopes: [{ ...asTurnMessage(makeEnvelope({ text: "look" })), attachments }]
        })
        const { replies } = yield* ask(turn)
        expect(replies[0]?.text).toMatch(/image image\/png, resource_link application\/pdf$/u)
        const prompt = (yield* heard).find(({ method }) => method === "session/prompt")?.params.prompt
        expect(prompt).toMatchObject([
          { type: "text" },
          { type: "image", data: png.toString("base64"), uri: `file://${stateDir}/a%20b.png` },
          { type: "resource_link", uri: `file://${stateDir}/plan.pdf`, name: "plan.pdf", size: 7 }
        ])
      })
    )

    it.scoped("is asked for its model where one is set, and refuses one that it has not", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp({}, { model: "The large one" })
        expect((yield* ask("hello")).replies).toEqual([{ text: `turn 1 of large, ${PROMPT}hello` }])
        const other = yield* makeAcp({}, { model: "huge" })
        expect(yield* Effect.flip(other.ask("hello"))).toMatchObject({
          _tag: "AgentRefused",
          detail: "it has no model huge",
          advice: "Set runtime.model to one of: small, large."
        })
      })
    )

    it.scoped("is not disturbed by what it says beside the protocol, nor by what comes after the end", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp()
        const { reference, replies } = yield* ask("do garbage")
        expect(replies).toEqual([{ text: `refused: -32601, turn 1 of small, ${PROMPT}do garbage` }])
        yield* ask("do late", reference)
        yield* Effect.sleep("50 millis")
        expect((yield* ask("hello", reference)).replies).toEqual([
          { text: `turn 3 of small, ${PROMPT}hello` }
        ])
      })
    )

    it.scoped("may do very much, of which so much is told", () =>
      Effect.gen(function* () {
        const { ask, events } = yield* makeAcp()
        expect((yield* ask("do flood")).replies).toEqual([{ text: `turn 1 of small, ${PROMPT}do flood` }])
        expect(yield* events).toHaveLength(200)
      })
    )
  })

  describe("permission", () => {
    it.scoped.each([
      { trick: "ask", isAllowed: true, told: "option-allow_once" },
      { trick: "ask", isAllowed: false, told: "option-reject_once" },
      // What would hold from now on is chosen in no case.
      { trick: "ask for ever", isAllowed: true, told: "cancelled" },
      { trick: "ask for ever", isAllowed: false, told: "cancelled" }
    ])(
      "that is asked for by `$trick` is answered with $told where it is $isAllowed",
      ({ isAllowed, told, trick }) =>
        Effect.gen(function* () {
          const { ask, wanted } = yield* makeAcp({}, {}, Effect.succeed(isAllowed))
          const { replies } = yield* ask(`do ${trick}`)
          expect(replies).toEqual([{ text: `${told}, turn 1 of small, ${PROMPT}do ${trick}` }])
          expect(yield* wanted).toMatchObject([
            { kind: "execute", title: "rm -rf notes", turn: { id: "default:guid-1" } }
          ])
        })
    )
  })

  describe("the time that a turn may take", () => {
    it.scoped("stands still while an owner is asked, and goes on after that", () =>
      Effect.gen(function* () {
        const slowly = Effect.delay(Effect.succeed(true), "2500 millis")
        const { ask } = yield* makeAcp({}, { timeoutMs: 2000 }, slowly)
        const { reference, replies } = yield* ask("do ask")
        expect(replies[0]?.text).toMatch(/^option-allow_once/u)
        expect(yield* Effect.flip(ask("do ask and wait", reference))).toMatchObject({
          _tag: "AgentInterrupted",
          detail: "it did not end within 2000 ms"
        })
      })
    )
  })

  describe("permission that is waited for", () => {
    it.scoped.each([
      { trick: "ask and go", why: "the agent ends its turn without waiting" },
      { trick: "take back", why: "the agent takes its request back" }
    ])("is asked of nobody any more once $why", ({ trick }) =>
      Effect.gen(function* () {
        const isOver = yield* Deferred.make<void>()
        const asking = Effect.onInterrupt(Effect.never, () => Deferred.succeed(isOver, undefined))
        const { ask } = yield* makeAcp({}, {}, asking)
        expect((yield* ask(`do ${trick}`)).replies).toHaveLength(1)
        yield* Deferred.await(isOver)
      })
    )
  })

  describe("a conversation whose process has ended", () => {
    it.scoped.each([
      { can: {}, by: "session/resume" },
      { can: { resume: "no" }, by: "session/load" },
      // As Gemini does it: it says that it can, and fails.
      { can: { resume: "fail" }, by: "session/load" }
    ] as const)("is taken up again by $by", ({ by, can }) =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp(can)
        const { reference } = yield* ask("do die later")
        yield* gone(pids(yield* heard))
        const { replies } = yield* Effect.retry(ask("hello", reference), { times: 20, schedule: PAUSES })
        expect(replies).toEqual([{ text: `turn 2 of small, ${PROMPT}hello` }])
        expect(methods(yield* heard)).toContain(by)
      })
    )

    it.scoped("is begun anew where it cannot be, and its person is told", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp({ resume: "fail", load: "fail" })
        const answer = yield* ask("hello", "a-session-of-long-ago")
        expect(answer.replies).toEqual([LOST, { text: `turn 1 of small, ${PROMPT}hello` }])
        expect(answer.reference).not.toBe("a-session-of-long-ago")
        // Said once.
        expect((yield* ask("again", answer.reference)).replies).toHaveLength(1)
      })
    )
  })

  describe("a conversation", () => {
    it.scoped("that is lost is told so with the first words that there are", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp({ resume: "fail", load: "fail" })
        const silent = yield* ask("wordless", "a-session-of-long-ago")
        expect(silent.replies).toEqual([])
        expect((yield* ask("hello", silent.reference)).replies).toEqual([
          LOST,
          { text: `turn 2 of small, ${PROMPT}hello` }
        ])
        expect((yield* ask("again", silent.reference)).replies).toHaveLength(1)
      })
    )

    it.scoped("whose first turn was stopped goes on with the next", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const turn = yield* Effect.fork(ask("do wait", undefined, 1))
        yield* hears(heard, "session/prompt")
        yield* Fiber.interrupt(turn)
        expect((yield* ask("again", undefined, 1)).replies).toEqual([
          { text: `turn 2 of small, ${PROMPT}again` }
        ])
        // Another one does not.
        expect((yield* ask("hello", undefined, 2)).replies).toEqual([
          { text: `turn 1 of small, ${PROMPT}hello` }
        ])
      })
    )

    it.scoped("is given no session that another one has", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({ same: "only" })
        const first = yield* ask("hello", undefined, 1)
        for (const reference of [undefined, "only"]) {
          expect(yield* Effect.flip(ask("hello", reference, 2))).toMatchObject({
            _tag: "AgentRefused",
            detail: "it gives the same session to two conversations"
          })
        }
        expect((yield* ask("again", first.reference, 1)).replies).toEqual([
          { text: `turn 2 of small, ${PROMPT}again` }
        ])
        // It is the first one's all the time: it is neither closed nor taken up for the other.
        expect(methods(yield* heard).slice(2)).toEqual([
          "session/new",
          "session/prompt",
          "session/new",
          "session/prompt"
        ])
      })
    )

    it.scoped("is begun anew where the agent forgot it while a turn waited for another", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const { reference } = yield* ask("hello")
        const first = yield* Effect.fork(Effect.flip(ask("do wait and forget", reference)))
        yield* eventually(
          "the prompt",
          heard,
          (all) => methods(all).filter((one) => one === "session/prompt").length === 2
        )
        const second = yield* ask("again", reference)
        expect(second.replies).toEqual([{ text: `turn 3 of small, ${PROMPT}again` }])
        expect(yield* Fiber.join(first)).toMatchObject({ _tag: "AgentFailed" })
        expect(methods(yield* heard)).toContain("session/resume")
      })
    )
  })

  describe("a session that nobody uses", () => {
    it.scoped("is closed, where its model is refused", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({}, { model: "huge" })
        yield* Effect.flip(ask("hello"))
        const all = yield* hears(heard, "session/close")
        expect(methods(all).filter((method) => method === "session/close")).toHaveLength(1)
      })
    )

    it.scoped.each([
      { what: "whose turn was stopped before it was there", newMs: 500, more: {} },
      { what: "which came too late", newMs: 4000, more: { startTimeoutMs: 3000 } }
    ])("is closed, $what", ({ more, newMs }) =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({ newMs }, more)
        const turn = yield* Effect.fork(Effect.exit(ask("hello")))
        yield* hears(heard, "session/new")
        if ("startTimeoutMs" in more) yield* Fiber.join(turn)
        else yield* Fiber.interrupt(turn)
        const all = yield* hears(heard, "session/close")
        expect(methods(all)).not.toContain("session/prompt")
      })
    )
  })

  describe("a process", () => {
    it.scoped("ends when nobody has asked it anything for a while, with all that it started", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({}, { idleMs: 200 })
        const { reference, replies } = yield* ask("do grandchild")
        const grandchild = Number(/grandchild (\d+)/u.exec(replies[0]?.text ?? "")?.[1])
        yield* gone([...pids(yield* heard), grandchild])
        // As if nothing had been.
        expect((yield* ask("hello", reference)).replies).toEqual([
          { text: `turn 2 of small, ${PROMPT}hello` }
        ])
        expect(starts(yield* heard)).toHaveLength(2)
      })
    )

    it.scoped("ends when its config is another, and not before the turn that runs", () =>
      Effect.gen(function* () {
        const asking = yield* Deferred.make<boolean>()
        const { ask, change, heard } = yield* makeAcp({}, {}, Deferred.await(asking))
        const turn = yield* Effect.fork(ask("do ask"))
        yield* hears(heard, "session/prompt")
        yield* change({ model: "large" })
        expect((yield* ask("hello")).replies).toEqual([{ text: `turn 1 of large, ${PROMPT}hello` }])
        yield* Deferred.succeed(asking, true)
        expect((yield* Fiber.join(turn)).replies[0]?.text).toMatch(/^option-allow_once/u)
        yield* gone(pids(yield* heard).slice(0, 1))
      })
    )

    it.scoped(
      "that does not start is a failure with what it complained of, and is left alone for a while",
      () =>
        Effect.gen(function* () {
          const { ask, heard } = yield* makeAcp({ dies: true })
          const failure = yield* Effect.flip(ask("hello"))
          expect(failure).toMatchObject({ _tag: "AgentFailed", stderr: "no configuration found" })
          expect(failure.message).toContain("it exited with code 3, before it was asked anything")
          expect(yield* Effect.flip(ask("hello"))).toMatchObject({ _tag: "AgentUnavailable" })
          expect(starts(yield* heard)).toHaveLength(1)
        })
    )

    it.scoped("that did not start is forgotten, also where nobody waited for it any more", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({ startMs: 60_000 }, { startTimeoutMs: 3000 })
        const turn = yield* Effect.fork(ask("hello"))
        yield* hears(heard, "initialize")
        yield* Fiber.interrupt(turn)
        yield* gone(pids(yield* heard))
        // What it tells the next one is that it is left alone for a while, which that one waits for.
        const failure = yield* Effect.flip(ask("the next"))
        expect(failure).toMatchObject({ _tag: "AgentUnavailable" })
        yield* Effect.sleep("1 second")
        yield* Effect.flip(ask("the next"))
        expect(starts(yield* heard)).toHaveLength(2)
      })
    )

    it.scoped.each([
      {
        what: "is slow",
        can: { startMs: 60_000 },
        more: { startTimeoutMs: 300 },
        tag: "AgentFailed",
        says: "within 300 ms"
      },
      {
        what: "speaks another version",
        can: { version: 2 },
        more: {},
        tag: "AgentRefused",
        says: "version 2"
      },
      {
        what: "wants a login",
        can: { login: true },
        more: {},
        tag: "AgentRefused",
        says: "nobody has logged in"
      },
      {
        what: "is not there",
        can: {},
        more: { command: ["/no/such/agent"] },
        tag: "AgentRefused",
        says: "no such program"
      }
    ])("that $what is refused with a reason", ({ can, more, says, tag }) =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp(can, more)
        const failure = yield* Effect.flip(ask("hello"))
        expect(failure).toMatchObject({ _tag: tag })
        expect(failure.message).toContain(says)
        if (tag === "AgentFailed") yield* gone(pids(yield* heard))
      })
    )

    it.scoped("whose start failed when nobody waited for it any more is started anew", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({ version: 2, startMs: 300 })
        const turn = yield* Effect.fork(ask("hello"))
        yield* hears(heard, "initialize")
        yield* Fiber.interrupt(turn)
        yield* gone(pids(yield* heard))
        expect(yield* Effect.flip(ask("hello"))).toMatchObject({ _tag: "AgentRefused" })
        expect(starts(yield* heard)).toHaveLength(2)
      })
    )

    it.scoped("that wants a login is told how, where the config says it", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp({ login: true }, { login: "key" })
        expect((yield* ask("hello")).replies).toEqual([{ text: `turn 1 of small, ${PROMPT}hello` }])
        const other = yield* makeAcp({ login: true }, { login: "smile" })
        expect(yield* Effect.flip(other.ask("hello"))).toMatchObject({
          detail: "it answered authenticate with the error -32602, before it was asked anything"
        })
      })
    )

    it.scoped("that dies in mid-work has begun: its turn is not one to be asked again", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const failure = yield* Effect.flip(ask("do die"))
        expect(failure).toMatchObject({
          _tag: "AgentInterrupted",
          detail: "it exited with code 9",
          said: "out of memory"
        })
        expect(methods(yield* heard).filter((method) => method === "session/prompt")).toHaveLength(1)
      })
    )

    it.scoped.each([
      { trick: "error", tag: "AgentInterrupted", said: "overloaded, said the server" },
      // It says so before it does anything.
      { trick: "forgotten", tag: "AgentFailed", said: "Resource not found" },
      // Then it knows the session, and what it does not find is something else.
      {
        trick: "work and miss a file",
        tag: "AgentInterrupted",
        said: "Resource not found: file:///notes"
      },
      { trick: "forget another", tag: "AgentInterrupted", said: "Resource not found" }
    ])("that answers with the error `$trick` is taken at its word", ({ said, tag, trick }) =>
      Effect.gen(function* () {
        const { ask } = yield* makeAcp()
        const { reference } = yield* ask("hello")
        expect(yield* Effect.flip(ask(`do ${trick}`, reference))).toMatchObject({ _tag: tag, said })
        expect((yield* ask("hello", reference)).replies).toHaveLength(1)
      })
    )

    it.scoped("that says more than an answer can have is told to stop", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        expect(yield* Effect.flip(ask("do huge"))).toMatchObject({
          _tag: "AgentInterrupted",
          detail: "it said more than 1048576 bytes"
        })
        yield* hears(heard, "session/cancel")
      })
    )
  })

  describe("a turn that is stopped", () => {
    it.scoped("is over at once, and its session goes on where the agent obeys", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const { reference } = yield* ask("hello")
        const turn = yield* Effect.fork(ask("do wait", reference))
        yield* eventually(
          "the prompt",
          heard,
          (all) => methods(all).filter((one) => one === "session/prompt").length === 2
        )
        yield* Fiber.interrupt(turn)
        expect((yield* ask("again", reference)).replies).toEqual([
          { text: `turn 3 of small, ${PROMPT}again` }
        ])
        expect(methods(yield* heard)).toContain("session/cancel")
        expect(starts(yield* heard)).toHaveLength(1)
      })
    )

    it.scoped("has what the agent asked leave for answered as cancelled, and nobody is asked any more", () =>
      Effect.gen(function* () {
        const isAsked = yield* Deferred.make<void>()
        const isOver = yield* Deferred.make<void>()
        const asking = Deferred.succeed(isAsked, undefined).pipe(
          Effect.zipRight(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(isOver, undefined))
        )
        const { ask, heard } = yield* makeAcp({}, {}, asking)
        const turn = yield* Effect.fork(ask("do ask and wait"))
        yield* Deferred.await(isAsked)
        yield* Fiber.interrupt(turn)
        yield* Deferred.await(isOver)
        const all = yield* hears(heard, "(outcome)")
        expect(all.find(({ method }) => method === "(outcome)")?.params).toEqual({ outcome: "cancelled" })
      })
    )

    it.scoped("has nothing allowed that the agent asks leave for from then on", () =>
      Effect.gen(function* () {
        const { ask, heard, wanted } = yield* makeAcp()
        const turn = yield* Effect.fork(ask("do ask late"))
        yield* hears(heard, "session/prompt")
        yield* Fiber.interrupt(turn)
        const all = yield* hears(heard, "(outcome)")
        expect(all.at(-1)?.params).toEqual({ outcome: "cancelled" })
        expect(yield* wanted).toEqual([])
      })
    )

    it.scoped("holds up no other conversation where the agent does not obey, and ends with its process", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp()
        const other = yield* ask("hello")
        const { reference } = yield* ask("hello")
        const turn = yield* Effect.fork(ask("do hang", reference))
        yield* eventually(
          "the prompt",
          heard,
          (all) => methods(all).filter((one) => one === "session/prompt").length === 3
        )
        yield* Fiber.interrupt(turn)
        // In the same process, meanwhile.
        expect((yield* ask("again", other.reference)).replies).toHaveLength(1)
        const [stuck] = pids(yield* heard)
        expect((yield* ask("again", reference)).replies).toEqual([
          { text: `turn 3 of small, ${PROMPT}again` }
        ])
        expect(starts(yield* heard)).toHaveLength(2)
        yield* gone(stuck === undefined ? [] : [stuck])
      })
    )

    it.scoped("before its agent is ready is never begun", () =>
      Effect.gen(function* () {
        const { ask, heard, said } = yield* makeAcp({ startMs: 300 })
        const turn = yield* Effect.fork(ask("hello"))
        yield* hears(heard, "initialize")
        yield* Fiber.interrupt(turn)
        expect(yield* said).toEqual([])
        expect((yield* ask("the next")).replies).toEqual([{ text: `turn 1 of small, ${PROMPT}the next` }])
        expect(methods(yield* heard).filter((one) => one === "session/prompt")).toHaveLength(1)
        expect(yield* said).toEqual([Said.Begin()])
      })
    )

    it.scoped("before its files were read is never begun, and so is one whose time is over", () =>
      Effect.gen(function* () {
        const { ask, heard, stateDir } = yield* makeAcp({}, { timeoutMs: 1500 })
        const { reference } = yield* ask("hello")
        const path = `${stateDir}/slow.png`
        // It opens once somebody writes to it.
        yield* Effect.flatMap(CommandExecutor.CommandExecutor, ({ exitCode }) =>
          exitCode(Command.make("mkfifo", path))
        )
        const attachments = [{ path, mimeType: "image/png", name: "slow.png", bytes: 9 }]
        const turn = saying("look", {
          envelopes: [{ ...asTurnMessage(makeEnvelope({ text: "look" })), attachments }]
        })
        expect(yield* Effect.flip(ask(turn, reference))).toMatchObject({ _tag: "AgentTimeout" })
        const stopped = yield* Effect.fork(ask(turn, reference))
        yield* Effect.sleep("200 millis")
        yield* Fiber.interrupt(stopped)
        const fs = yield* FileSystem.FileSystem
        // Whoever read it may have gone.
        yield* Effect.ignore(fs.writeFile(path, Buffer.from("89504e470d0a1a0a00", "hex")))
        yield* Effect.sleep("200 millis")
        expect(methods(yield* heard).filter((one) => one === "session/prompt")).toHaveLength(1)
      })
    )

    it.scoped("by the time that it may take has begun, where it has", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAcp({}, { timeoutMs: 1500 })
        expect(yield* Effect.flip(ask("do wait"))).toMatchObject({
          _tag: "AgentInterrupted",
          detail: "it did not end within 1500 ms"
        })
        yield* hears(heard, "session/cancel")
        const slow = yield* makeAcp({ startMs: 60_000 }, { timeoutMs: 300 })
        expect(yield* Effect.flip(slow.ask("hello"))).toMatchObject({ _tag: "AgentTimeout", afterMs: 300 })
      })
    )
  })

  describe("a turn that runs when the gateway ends", () => {
    it.scoped("has no end that could be taken for an answer: it is for the next gateway to find", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { ask, heard } = yield* Scope.extend(makeAcp(), scope)
        const turn = yield* Effect.fork(ask("do hang"))
        yield* hears(heard, "session/prompt")
        const all = yield* heard
        yield* Scope.close(scope, Exit.void)
        yield* gone(pids(all))
        expect((yield* Fiber.poll(turn))._tag).toBe("None")
        yield* Fiber.interrupt(turn)
      })
    )
  })

  describe("the gateway's tools", () => {
    it.scoped("are worth nothing to an agent from the moment that its turn is stopped", () =>
      Effect.gen(function* () {
        const { ask, heard, worth } = yield* makeAcp({}, { tools: true })
        const turn = yield* Effect.fork(ask("do hang"))
        const all = yield* hears(heard, "session/prompt")
        const given = JSON.stringify(all.find(({ method }) => method === "session/new")?.params)
        const token = /IMSG_GATEWAY_TOKEN","value":"([^"]+)"/u.exec(given)?.[1] ?? ""
        expect(yield* worth(token)).toMatchObject({ value: { only: { chatId: 7 } } })
        yield* Fiber.interrupt(turn)
        yield* hears(heard, "session/cancel")
        expect(yield* worth(token)).toEqual(Option.some({ scopes: ["chat"], only: NO_CHAT }))
      })
    )

    it.scoped("are a server that the agent starts, with a token of the session's", () =>
      Effect.gen(function* () {
        const { ask, stateDir } = yield* makeAcp({}, { tools: true })
        const { replies } = yield* ask("do tools")
        const [server] = JSON.parse(replies[0]?.text?.split(" turn 1")[0] ?? "")
        expect(server).toMatchObject({
          name: "imessage",
          command: process.execPath,
          args: [expect.any(String), "mcp"],
          env: [
            { name: "IMSG_GATEWAY_STATE_DIR", value: stateDir },
            { name: "IMSG_GATEWAY_TOKEN", value: expect.stringMatching(/^\S{20,}$/u) }
          ]
        })
      })
    )
  })
})
