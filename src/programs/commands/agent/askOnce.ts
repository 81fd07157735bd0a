/** Asks an agent as a person's direct message would, once. Nothing is sent to anybody, and nothing is kept. */
import { Path } from "@effect/platform"
import { Clock, Effect, Either, Logger, LogLevel, Predicate, Ref } from "effect"
import type { AskedActs } from "../../../schemas/AgentOutput.ts"
import type { AccountConfig, AgentConfig } from "../../../schemas/Config.ts"
import { NO_MEMORY } from "../../../schemas/Conversation.ts"
import type { Part } from "../../../schemas/Delivery.ts"
import type { EnvelopeAttachment } from "../../../schemas/Envelope.ts"
import { AgentNotFound } from "../../../schemas/errors/config.ts"
import { AccountNotChosen } from "../../../schemas/errors/doctor.ts"
import type { Reply, Turn } from "../../../schemas/Turn.ts"
import { Agent, Said } from "../../../services/Agent.ts"
import { type AgentInput, AgentInputs } from "../../../services/AgentInputs.ts"
import { Chunker } from "../../../services/Chunker.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { partsOf } from "../../account/outbox/parts.ts"
import { type Batch, makeComposeTurn } from "../../session/composeTurn.ts"
import { makePrepareActs } from "../../session/prepareActs.ts"
import { makePrepareReplies } from "../../session/prepareReplies.ts"
import type { Note, Tried } from "./Tried.ts"

/** Who asks where the config names no owner. */
const SOMEBODY = "somebody@example.com"

export interface Question {
  readonly text: string
  /** The agent's id; else the one that answers what no binding matches. */
  readonly agent: string | undefined
  readonly files: ReadonlyArray<EnvelopeAttachment>
}

const agentNamed = (
  agents: readonly [AgentConfig, ...Array<AgentConfig>],
  id: string | undefined
): Effect.Effect<AgentConfig, AgentNotFound> => {
  const agent = agents.find((one) => (id === undefined ? one.isDefault : one.id === id))
  return agent === undefined
    ? new AgentNotFound({ agent: id ?? "", known: agents.map((one) => one.id) })
    : Effect.succeed(agent)
}

const accountOf = (
  accounts: ReadonlyArray<AccountConfig>
): Effect.Effect<AccountConfig, AccountNotChosen> => {
  const account = accounts.find(({ enabled }) => enabled) ?? accounts[0]
  return account === undefined ? new AccountNotChosen({ enabled: [] }) : Effect.succeed(account)
}

/** A direct message of an owner. Its session is nobody's: an agent that remembers by it remembers nothing of a person. */
const batchOf = (
  question: Question,
  {
    account,
    agent,
    id,
    now,
    sender
  }: {
    readonly account: AccountConfig
    readonly agent: AgentConfig
    readonly id: string
    readonly now: number
    readonly sender: string
  }
): Batch => [
  {
    agentId: agent.id,
    isGroup: false,
    envelope: {
      accountId: account.id,
      rowId: 1,
      cursor: 1,
      guid: id,
      service: "imessage",
      via: "imessage",
      isGroup: false,
      isFromMe: false,
      isReaction: false,
      sender,
      text: question.text,
      sentAt: now,
      attachments: question.files
    }
  }
]

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** What is logged, as far as it says something of the agent. */
const noteOf = ({ annotations, logLevel, message }: Logger.Logger.Options<unknown>): Note | undefined => {
  const { code, hint, stderr } = Object.fromEntries(
    [...annotations].map(([name, value]) => [name, text(value)])
  )
  if (LogLevel.lessThan(logLevel, LogLevel.Warning) && stderr === undefined) return undefined
  return {
    message: [message].flat().map(String).join(" "),
    ...(code === undefined ? {} : { code }),
    ...(hint === undefined ? {} : { hint }),
    ...(stderr === undefined ? {} : { stderr })
  }
}

/** Runs something, and answers what it would have logged. */
const withNotes = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const noted: Array<Note | undefined> = []
    const logger = Logger.make<unknown, void>((options) => noted.push(noteOf(options)))
    return effect.pipe(
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      Logger.withMinimumLogLevel(LogLevel.Debug),
      Effect.map((value) => ({ value, notes: noted.filter(Predicate.isNotUndefined) }))
    )
  })

/** Prepares what is said as it is prepared for Messages, piece by piece. */
const makeHearing = (account: AccountConfig, turn: Turn) =>
  Effect.gen(function* () {
    const prepare = yield* makePrepareReplies
    const prepareActs = yield* makePrepareActs
    const chunker = yield* Chunker
    const { basename } = yield* Path.Path
    const heard = yield* Ref.make<ReadonlyArray<Part>>([])
    const hear = (replies: ReadonlyArray<Reply>, acts: AskedActs = {}) =>
      Effect.gen(function* () {
        const before = yield* Ref.get(heard)
        const id = `${turn.id}/${before.length}`
        const prepared = yield* prepare({ ...turn, id }, replies, before.length)
        const delivery = {
          id,
          accountId: account.id,
          target: { _tag: "Handle" as const, handle: turn.envelopes[0].sender, service: "imessage" as const },
          replies: prepared.replies,
          acts: yield* prepareActs(turn, acts)
        }
        const parts = yield* Effect.provideService(partsOf(account, delivery), Chunker, chunker)
        // The copies are gone when this is read.
        const named = parts.map(
          (part): Part => (part._tag === "File" ? { ...part, path: basename(part.path) } : part)
        )
        yield* Ref.set(heard, [...before, ...named])
      })
    return { hear, heard: Ref.get(heard) }
  })

/** Asks the agent, without a second try: who looks sees the first failure. */
export const askOnce = (question: Question) =>
  Effect.gen(function* () {
    const { accounts, agents, owners } = yield* currentConfig
    const agent = yield* agentNamed(agents.list, question.agent)
    const account = yield* accountOf(accounts)
    const { ask } = yield* Agent
    const id = yield* Effect.sync(() => `test:${crypto.randomUUID()}`)
    const now = yield* Clock.currentTimeMillis
    const batch = batchOf(question, { account, agent, id, now, sender: owners[0] ?? SOMEBODY })
    const composeTurn = yield* makeComposeTurn(`agent:${agent.id}:${id}`)
    const inputs = yield* Ref.make<ReadonlyArray<AgentInput>>([])
    const interim = yield* Ref.make<ReadonlyArray<string>>([])

    const asking = Effect.gen(function* () {
      const turn = yield* composeTurn(id, batch)
      const hearing = yield* makeHearing(account, turn)
      const begunAt = yield* Clock.currentTimeMillis
      const say = Said.$match({
        Begin: () => Effect.void,
        Say: ({ reply }) => hearing.hear([reply]),
        Interim: ({ text }) => Ref.update(interim, (before) => [...before, text])
      })
      const answered = yield* ask({ turn, memory: NO_MEMORY }, say).pipe(
        Effect.provideService(AgentInputs, {
          saw: (input) => Ref.update(inputs, (before) => [...before, input])
        }),
        Effect.flatMap(({ acts, replies }) => hearing.hear(replies, acts)),
        Effect.either
      )
      const durationMs = (yield* Clock.currentTimeMillis) - begunAt
      return { answered, durationMs, parts: yield* hearing.heard }
    })
    const { notes, value } = yield* withNotes(asking)
    const { answered, durationMs, parts } = value
    const tried: Tried = {
      agent,
      inputs: yield* Ref.get(inputs),
      parts,
      interim: yield* Ref.get(interim),
      notes,
      durationMs,
      ...(Either.isLeft(answered) ? { error: answered.left } : {})
    }
    return tried
  })
