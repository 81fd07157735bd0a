/** What is read of the output of an agent of the command line, and what its run came to. */
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Option } from "effect"
import { Verdict, verdictOf } from "../../../src/layers/agent/cli/askCli.ts"
import {
  answerIn,
  NOTHING_READ,
  type Reading,
  readLine,
  readWhole
} from "../../../src/layers/agent/cli/reading.ts"
import { Ending } from "../../../src/layers/agent/program.ts"
import { type OutputRules, PRESETS } from "../../../src/schemas/config/runtimes/presets.ts"

const read = (rules: OutputRules, ...events: ReadonlyArray<unknown>): Reading =>
  events
    .map((event) => (typeof event === "string" ? event : JSON.stringify(event)))
    .reduce((reading, line) => readLine(rules, reading, line), NOTHING_READ)

describe("the output of an agent", () => {
  const gemini = PRESETS.gemini.output
  const piece = (content: string) => ({ type: "message", role: "assistant", content, delta: true })
  const tool = { type: "tool_use", tool_name: "x" }
  const end = { type: "result", status: "success" }

  it.each<[what: string, events: ReadonlyArray<unknown>, answer: string | undefined]>([
    ["is its pieces", [piece("a "), piece("b"), end], "a b"],
    ["is what comes after the last work", [piece("a"), tool, piece("b"), tool, piece("c"), end], "c"],
    ["is what came before the work where nothing follows", [piece("a"), tool, end], "a"],
    ["is nothing where it says nothing", [tool, end], ""],
    ["is none before it is whole", [piece("a")], undefined],
    ["has what is no JSON, and no event, left out", ["Welcome!", piece("a"), 7, null, [], end, ""], "a"],
    ["has no words of others in it", [{ type: "message", role: "user", content: "x" }, piece("a"), end], "a"],
    ["has no text of another kind", [{ ...piece("a"), content: 7 }, end], ""]
  ])("%s", (_, events, answer) => {
    expect(answerIn(gemini, read(gemini, ...events))).toEqual(Option.fromNullable(answer))
  })

  it.each([
    { id: "0e7c1b9a-0000-4000-8000-000000000000", session: "0e7c1b9a-0000-4000-8000-000000000000" },
    { id: "ses_1:a.b", session: "ses_1:a.b" },
    { id: "--dangerous", session: undefined },
    { id: "a b", session: undefined },
    { id: "", session: undefined },
    { id: "x".repeat(201), session: undefined },
    { id: 7, session: undefined }
  ])("names a session $id, which is $session", ({ id, session }) => {
    expect(read(gemini, { type: "init", session_id: id }).session).toBe(session)
  })

  it("may be a list of events, or one", () => {
    const { output } = PRESETS.claude
    const result = { type: "result", is_error: false, result: "hi", session_id: "a" }
    for (const whole of [result, [{ type: "system" }, result]]) {
      expect(answerIn(output, readWhole(output, JSON.stringify(whole, undefined, 2)))).toEqual(
        Option.some("hi")
      )
    }
    expect(answerIn(output, readWhole(output, '{"type": "result", "is_err'))).toEqual(Option.none())
  })
})

describe("a run of an agent", () => {
  const resumed = { id: "a", isNew: false }
  const exited = (code: number | undefined, signal?: string) => Ending.Exited({ exit: { code, signal } })
  const begun: Reading = { ...NOTHING_READ, hasBegun: true }
  const GONE = "error: Session NOT found"
  const broken = (detail: string, said = "") => Verdict.Broken({ detail, said })

  it.each([
    { what: "well", ending: exited(0), answer: "hi", verdict: Verdict.Answered({ text: "hi" }) },
    {
      what: "well, without an answer",
      ending: exited(0),
      verdict: broken("it ended without a whole answer")
    },
    {
      what: "well, and says that it failed",
      ending: exited(0),
      answer: "hi",
      reading: { ...begun, failure: "no key" },
      verdict: broken("it says that it has failed", "no key")
    },
    { what: "without its session", ending: exited(1), stderr: GONE, verdict: Verdict.SessionGone() },
    {
      what: "without its session, as a failure says",
      ending: exited(1),
      reading: { ...NOTHING_READ, failure: GONE },
      verdict: Verdict.SessionGone()
    },
    {
      what: "without its session, in a new one",
      ending: exited(1),
      stderr: GONE,
      session: { id: "a", isNew: true },
      verdict: broken("it exited with code 1", GONE)
    },
    {
      what: "without its session, after it has begun",
      ending: exited(1),
      stderr: GONE,
      reading: begun,
      verdict: broken("it exited with code 1", GONE)
    },
    {
      what: "without its session, by a signal",
      ending: exited(undefined, "SIGKILL"),
      stderr: GONE,
      verdict: broken("it was ended by SIGKILL", GONE)
    },
    { what: "without a word", ending: exited(1), verdict: broken("it exited with code 1") },
    {
      what: "badly, with an answer",
      ending: exited(2),
      answer: "hi",
      reading: begun,
      verdict: broken("it exited with code 2")
    },
    {
      what: "too late",
      ending: Ending.Late({ afterMs: 9 }),
      stderr: GONE,
      verdict: broken("it did not end within 9 ms", GONE)
    },
    {
      what: "before it began",
      ending: Ending.NotStarted({ detail: "no" }),
      verdict: Verdict.NotStarted({ detail: "no" })
    }
  ])(
    "that ended $what is $verdict._tag",
    ({ answer, ending, reading = NOTHING_READ, session = resumed, stderr = "", verdict }) => {
      const read = {
        reading: { ...reading, texts: Chunk.empty<string>() },
        answer: Option.fromNullable(answer)
      }
      expect(verdictOf({ sessionGone: ["session not found"] }, session, { ending, stderr }, read)).toEqual(
        verdict
      )
    }
  )
})
