/** What an agent answers, put together of what it says piece by piece. Pure: an update, and what was read before. */
import { beginning } from "../../../schemas/cut.ts"
import type { GatewayEvent } from "../../../schemas/GatewayEvent.ts"
import { LONGEST_TITLE, type PermissionWanted } from "../../../schemas/PermissionPolicy.ts"
import type { Reply } from "../../../schemas/Turn.ts"
import { MAX_ANSWER_BYTES } from "../lines.ts"
import { kindOf, type ToolCall, textOf, type Update } from "./wire.ts"

/** Of a thought, a plan or the name of a tool, as it is told. */
const MOST_WORDS = 500
/** So much is told of one turn: what comes after it is read, and told nobody. */
const MOST_TOLD = 200
/** Calls of tools that are known again within a turn, by so much of what the agent calls each. */
const MOST_CALLS = 1000
const LONGEST_ID = 200

/** What an agent does that nobody is told in Messages. */
export type Work = Pick<Extract<GatewayEvent, { readonly _tag: "AgentWorked" }>, "what" | "kind" | "text">

/** A tool that is used, as the agent calls it by now. */
type Tool = Required<PermissionWanted>

export interface Reading {
  /** Whether anything was heard of the turn: then nobody can say that nothing was done. */
  readonly hasBegun: boolean
  /** What was said since the last use of a tool, and what was said before it. */
  readonly text: string
  readonly before: string
  /** How much was said, in bytes of UTF-8. */
  readonly bytes: number
  /** The message that was said last, and whether nothing else came since: pieces of one are joined as they are. */
  readonly last?: { readonly messageId: string | undefined; readonly isOpen: boolean }
  /** A thought that goes on. */
  readonly thought: string
  readonly tools: ReadonlyMap<string, Tool>
  readonly told: number
}

export const NOTHING_READ: Reading = {
  hasBegun: false,
  text: "",
  before: "",
  bytes: 0,
  thought: "",
  tools: new Map(),
  told: 0
}

/** What was read, and what is to be told of it. */
export interface Step {
  readonly reading: Reading
  readonly work: ReadonlyArray<Work>
}

const words = (text: string): Pick<Work, "text"> => {
  const shown = beginning(text.trim(), MOST_WORDS)
  return shown === "" ? {} : { text: shown }
}

const tell = (reading: Reading, work: ReadonlyArray<Work>): Step => {
  const room = work.slice(0, Math.max(0, MOST_TOLD - reading.told))
  return { reading: { ...reading, told: reading.told + room.length }, work: room }
}

/** Ends a thought that went on. */
const think = (reading: Reading): Step =>
  reading.thought === ""
    ? { reading, work: [] }
    : tell({ ...reading, thought: "" }, [{ what: "thought", ...words(reading.thought) }])

/** Two messages are two paragraphs. */
const joined = (before: string, text: string): string =>
  before === "" || text === "" || /\s$/u.test(before) || /^\s/u.test(text)
    ? `${before}${text}`
    : `${before}\n\n${text}`

const say = (reading: Reading, chunk: string, messageId: string | undefined): Reading => {
  if (chunk === "") return reading
  const { last } = reading
  const goesOn = last?.messageId === messageId && (messageId !== undefined || last?.isOpen === true)
  return {
    ...reading,
    text: goesOn ? reading.text + chunk : joined(reading.text, chunk),
    bytes: reading.bytes + Buffer.byteLength(chunk),
    last: { messageId, isOpen: true }
  }
}

const interrupted = (reading: Reading): Reading =>
  reading.last === undefined ? reading : { ...reading, last: { ...reading.last, isOpen: false } }

/** As much of it as is kept while the turn runs. */
const kept = ({ kind, isCut, title }: Tool): Tool => {
  const beginningOfIt = beginning(title, LONGEST_TITLE)
  return { kind, title: beginningOfIt, isCut: isCut || beginningOfIt.length < title.length }
}

/** A tool that is used. Before the first word of it, what was said is no answer, where anything comes after. */
const use = (reading: Reading, id: string, tool: Tool): Step => {
  const isKnown = reading.tools.has(id)
  if (!isKnown && reading.tools.size >= MOST_CALLS) return { reading, work: [] }
  const tools = new Map([...reading.tools, [id, kept(tool)]])
  if (isKnown) return { reading: { ...reading, tools }, work: [] }
  return tell({ ...interrupted(reading), before: joined(reading.before, reading.text), text: "", tools }, [
    { what: "tool", kind: tool.kind, ...words(tool.title) }
  ])
}

const isSaid = (word: string | null | undefined): word is string => word !== undefined && word !== null

/**
 * A tool that is used, or that the agent asks leave for: as it is called there, whole, else as it was called last. Some
 * name it in one of the two alone, and some give it another name as they go.
 */
export const toolUsed = (reading: Reading, call: ToolCall): Step & { readonly tool: Tool } => {
  const id = beginning(call.toolCallId, LONGEST_ID)
  const { isCut, kind, title }: Tool = reading.tools.get(id) ?? { kind: "other", title: "", isCut: false }
  const tool: Tool = {
    kind: isSaid(call.kind) ? kindOf(call.kind) : kind,
    ...(isSaid(call.title) ? { title: call.title, isCut: false } : { title, isCut })
  }
  const ended = think({ ...reading, hasBegun: true })
  const isNews = isSaid(call.kind) || isSaid(call.title) || !reading.tools.has(id)
  const used = isNews ? use(ended.reading, id, tool) : { reading: ended.reading, work: [] }
  return { reading: used.reading, work: [...ended.work, ...used.work], tool }
}

/** One update more. */
export const read = (before: Reading, update: Update): Step => {
  const reading: Reading = { ...before, hasBegun: true }
  switch (update.sessionUpdate) {
    case "agent_thought_chunk": {
      const thought = reading.thought + textOf(update.content)
      return { reading: { ...interrupted(reading), thought: beginning(thought, MOST_WORDS * 2) }, work: [] }
    }
    case "agent_message_chunk": {
      const ended = think(reading)
      const said = say(ended.reading, textOf(update.content), update.messageId ?? undefined)
      return { reading: said, work: ended.work }
    }
    case "plan": {
      const ended = think(reading)
      const plan = update.entries.map(({ content }) => content).join("\n")
      const told = tell(ended.reading, [{ what: "plan", ...words(plan) }])
      return { reading: told.reading, work: [...ended.work, ...told.work] }
    }
    case "tool_call":
    case "tool_call_update":
      return toolUsed(reading, update)
  }
}

/** What is left to be told when the turn is over. */
export const endOf = (reading: Reading): Step => think(reading)

/** Whether an agent says more than an answer can have. */
export const isTooMuch = ({ bytes }: Reading): boolean => bytes > MAX_ANSWER_BYTES

/** What a person is told of an answer that is not whole: with what there is of it, and without. */
const NOTES: { readonly [stopReason: string]: { readonly after: string; readonly alone: string } } = {
  max_tokens: {
    after: "(This was cut off: it became too long.)",
    alone: "I could not finish this: it became too long."
  },
  max_turn_requests: {
    after: "(I stopped here: this took too many steps.)",
    alone: "I could not finish this: it took too many steps."
  },
  refusal: { after: "", alone: "I can't help with that." }
}

/**
 * What a turn comes to that has ended: what was said after the last use of a tool, or all of it where nothing was. A turn
 * that was cancelled has nothing to say; why else it ended is said only where the answer is not whole.
 */
export const repliesOf = (reading: Reading, stopReason: string): ReadonlyArray<Reply> => {
  if (stopReason === "cancelled") return []
  const said = (reading.text.trim() === "" ? reading.before : reading.text).trim()
  const note = Object.hasOwn(NOTES, stopReason) ? NOTES[stopReason] : undefined
  if (said === "") return note === undefined ? [] : [{ text: note.alone }]
  return [{ text: note === undefined || note.after === "" ? said : `${said}\n\n${note.after}` }]
}

/** What a person hears, before the answer, whose conversation the agent could not take up again. */
export const LOST = "(I have lost our earlier conversation, and begin anew.)"
