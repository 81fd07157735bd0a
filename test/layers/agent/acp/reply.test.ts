/** How an answer is put together, and what is told of the rest. */
import { describe, expect, it } from "@effect/vitest"
import {
  endOf,
  isTooMuch,
  NOTHING_READ,
  type Reading,
  read,
  repliesOf,
  toolUsed
} from "../../../../src/layers/agent/acp/reply.ts"
import type { Update } from "../../../../src/layers/agent/acp/wire.ts"

const say = (text: string, messageId?: string): Update => ({
  sessionUpdate: "agent_message_chunk",
  content: { type: "text", text },
  ...(messageId === undefined ? {} : { messageId })
})
const think = (text: string): Update => ({
  sessionUpdate: "agent_thought_chunk",
  content: { type: "text", text }
})
const use = (toolCallId: string, more: object = {}): Update => ({
  sessionUpdate: "tool_call",
  toolCallId,
  ...more
})
const done = (toolCallId: string, more: object = {}): Update => ({
  sessionUpdate: "tool_call_update",
  toolCallId,
  ...more
})
const picture: Update = { sessionUpdate: "agent_message_chunk", content: { type: "image", data: "" } }

const readAll = (updates: ReadonlyArray<Update>) => {
  const work: Array<unknown> = []
  const reading = updates.reduce<Reading>((before, update) => {
    const step = read(before, update)
    work.push(...step.work)
    return step.reading
  }, NOTHING_READ)
  const end = endOf(reading)
  return { reading: end.reading, work: [...work, ...end.work] }
}

const textOf = (updates: ReadonlyArray<Update>, stopReason = "end_turn") =>
  repliesOf(readAll(updates).reading, stopReason).map(({ text }) => text)

describe("an answer", () => {
  it.each([
    { what: "nothing", updates: [], text: [] },
    { what: "pieces of one message", updates: [say("hel"), say("lo")], text: ["hello"] },
    {
      what: "what follows the last tool",
      updates: [say("I look."), use("1"), say("Found.")],
      text: ["Found."]
    },
    { what: "all of it where nothing follows", updates: [say("Found."), use("1")], text: ["Found."] },
    {
      what: "all of it, from before every tool",
      updates: [say("One."), use("1"), say("Two."), use("2"), say("  ")],
      text: ["One.\n\nTwo."]
    },
    {
      what: "what a late update of a tool does not end",
      updates: [use("1"), say("Done."), done("1")],
      text: ["Done."]
    },
    {
      what: "what a late name of a tool does not end",
      updates: [use("1"), say("Done."), done("1", { title: "ls" })],
      text: ["Done."]
    },
    {
      what: "what follows a tool that is told of late",
      updates: [say("I look."), done("1"), say("Found.")],
      text: ["Found."]
    },
    { what: "two messages, apart", updates: [say("One.", "a"), say("Two.", "b")], text: ["One.\n\nTwo."] },
    {
      what: "a message that a thought interrupts",
      updates: [say("hel", "a"), think("…"), say("lo", "a")],
      text: ["hello"]
    },
    {
      what: "words before and after a thought",
      updates: [say("One."), think("…"), say("Two.")],
      text: ["One.\n\nTwo."]
    },
    { what: "no picture", updates: [picture, say("Here.")], text: ["Here."] }
  ])("is $what", ({ text, updates }) => {
    expect(textOf(updates)).toEqual(text)
  })

  it.each([
    { stopReason: "end_turn", whole: ["Hi."], empty: [] },
    { stopReason: "a_new_reason", whole: ["Hi."], empty: [] },
    { stopReason: "cancelled", whole: [], empty: [] },
    { stopReason: "refusal", whole: ["Hi."], empty: ["I can't help with that."] },
    {
      stopReason: "max_tokens",
      whole: ["Hi.\n\n(This was cut off: it became too long.)"],
      empty: ["I could not finish this: it became too long."]
    },
    {
      stopReason: "max_turn_requests",
      whole: ["Hi.\n\n(I stopped here: this took too many steps.)"],
      empty: ["I could not finish this: it took too many steps."]
    }
  ])("that ended by $stopReason says so where it is not whole", ({ empty, stopReason, whole }) => {
    expect(textOf([say("Hi.")], stopReason)).toEqual(whole)
    expect(textOf([], stopReason)).toEqual(empty)
  })

  it("has so many bytes at most", () => {
    const megabyte = say("ä".repeat(512 * 1024))
    expect(isTooMuch(readAll([megabyte]).reading)).toBe(false)
    // Also what no person would be told.
    expect(isTooMuch(readAll([megabyte, use("1"), say("!")]).reading)).toBe(true)
  })
})

describe("leave that is asked for", () => {
  const asked = (updates: ReadonlyArray<Update>, more: object = {}) =>
    toolUsed(readAll(updates).reading, { toolCallId: "1", ...more }).tool
  const read = use("1", { title: "Read notes", kind: "read" })
  const rm = { title: "rm -r .", kind: "execute" }

  it.each([
    { what: "it is called there", updates: [read], more: rm, tool: rm },
    { what: "it was called before", updates: [read], more: {}, tool: { title: "Read notes", kind: "read" } },
    { what: "it was called last", updates: [read, done("1", rm)], more: { title: null }, tool: rm },
    {
      what: "its one name there and its other name before say",
      updates: [read, done("1", { kind: "execute" })],
      more: { title: "rm -r ." },
      tool: rm
    },
    {
      what: "nobody has called it",
      updates: [use("2", rm)],
      more: {},
      tool: { title: "", kind: "other" }
    }
  ])("is for the tool as $what", ({ more, tool, updates }) => {
    expect(asked(updates, more)).toEqual({ ...tool, isCut: false })
  })

  it("is for what the last request for leave said, where this one says nothing", () => {
    const { reading } = toolUsed(readAll([read]).reading, { toolCallId: "1", ...rm })
    expect(toolUsed(reading, { toolCallId: "1" }).tool).toEqual({ ...rm, isCut: false })
  })

  it("has its own title whole, and of an earlier one the beginning", () => {
    const title = "a".repeat(100_000)
    expect(asked([], { title })).toMatchObject({ title, isCut: false })
    expect(asked([use("1", { title })])).toMatchObject({ title: "a".repeat(1000), isCut: true })
    expect(asked([use("1", { title }), done("1", { title: "ls" })])).toMatchObject({ isCut: false })
  })
})

describe("what is kept of a turn", () => {
  it("is bounded, whatever its tools are called", () => {
    const long = "x".repeat(10_000)
    const { reading } = readAll(
      Array.from({ length: 1500 }, (_, at) => use(`${at} ${long}`, { title: long }))
    )
    expect(reading.tools.size).toBe(1000)
    for (const [id, { title }] of reading.tools) expect(id.length + title.length).toBeLessThanOrEqual(1200)
  })
})

describe("what owners are told of an agent's work", () => {
  it("is each thought once, each plan, and each tool once", () => {
    const { work } = readAll([
      think("I should "),
      think("look."),
      use("1", { title: "ls", kind: "execute" }),
      done("1"),
      use("2", { title: "hum", kind: "sing" }),
      { sessionUpdate: "plan", entries: [{ content: "look" }, { content: "answer" }] },
      think("So.")
    ])
    expect(work).toEqual([
      { what: "thought", text: "I should look." },
      { what: "tool", kind: "execute", text: "ls" },
      { what: "tool", kind: "other", text: "hum" },
      { what: "plan", text: "look\nanswer" },
      { what: "thought", text: "So." }
    ])
  })

  it("is bounded, each and all together", () => {
    const { work } = readAll([
      think("x".repeat(100_000)),
      ...Array.from({ length: 500 }, (_, at) => use(String(at)))
    ])
    expect(work).toHaveLength(200)
    expect(work[0]).toEqual({ what: "thought", text: "x".repeat(500) })
  })
})
