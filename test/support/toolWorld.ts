/** What tools work on, over a child that a test scripts: chats of people who are let in, and of others. */

import { Effect, Layer } from "effect"
import * as AuditSql from "../../src/layers/audit/AuditSql.ts"
import * as ChunkerLive from "../../src/layers/chunker/ChunkerLive.ts"
import * as DecisionsSql from "../../src/layers/decisions/DecisionsSql.ts"
import * as GroupChatsSql from "../../src/layers/groups/GroupChatsSql.ts"
import * as ChildrenLive from "../../src/layers/imsg/ChildrenLive.ts"
import * as BudgetSql from "../../src/layers/limits/BudgetSql.ts"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../src/layers/pairing/PairingStoreSql.ts"
import * as PermissionsSql from "../../src/layers/permissions/PermissionsSql.ts"
import * as LifecycleLive from "../../src/layers/process/LifecycleLive.ts"
import * as RouterLive from "../../src/layers/router/RouterLive.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnPermitsLive from "../../src/layers/turns/TurnPermitsLive.ts"
import * as Lanes from "../../src/programs/sending/Lanes.ts"
import { callTool } from "../../src/programs/tools/callTool.ts"
import { makeToolbox, Toolbox } from "../../src/programs/tools/Toolbox.ts"
import type { Grant } from "../../src/schemas/Grant.ts"
import type { ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import { AskedWith } from "../../src/services/AskedWith.ts"
import { Children } from "../../src/services/Children.ts"
import { OutboundFiles } from "../../src/services/OutboundFiles.ts"
import { accountsOf } from "./accounts.ts"
import { type ConfigFileContent, configLayer } from "./configs.ts"
import { ALICE, BOB } from "./envelopes.ts"
import { type Answer, makeChild } from "./fakeImsg.ts"

/** Nobody knows them. */
export const STRANGER = "+15555550109"

/** By what they are called: those whose name says so are admitted. */
export const CHATS = { ofAlice: 1, ofStranger: 2, groupOfAlice: 3, groupOfStrangers: 4, ofBob: 5 } as const

const at = (minute: number): string => `2026-03-04T08:${String(minute).padStart(2, "0")}:00Z`

const direct = (id: number, handle: string) => ({
  id,
  identifier: handle,
  guid: `iMessage;-;${handle}`,
  service: "iMessage",
  is_group: false,
  participants: [handle],
  last_message_at: at(id)
})

const group = (id: number, ...participants: ReadonlyArray<string>) => ({
  id,
  name: `group ${id}`,
  identifier: `chat${id}`,
  guid: `iMessage;+;chat${id}`,
  service: "iMessage",
  is_group: true,
  participants,
  last_message_at: at(id)
})

const chats = [
  group(CHATS.groupOfStrangers, STRANGER),
  group(CHATS.groupOfAlice, ALICE, STRANGER),
  direct(CHATS.ofBob, BOB),
  direct(CHATS.ofStranger, STRANGER),
  direct(CHATS.ofAlice, ALICE)
]

export const row = (id: number, chatId: number, sender: string | undefined, text: string) => ({
  id,
  guid: `guid-${id}`,
  chat_id: chatId,
  is_from_me: sender === undefined,
  ...(sender === undefined ? {} : { sender }),
  text,
  created_at: at(id)
})

/** Bob is let in at the 30th minute. */
const early = [
  row(10, CHATS.ofAlice, ALICE, "alice asks"),
  row(11, CHATS.ofAlice, undefined, "answered"),
  row(12, CHATS.ofStranger, STRANGER, "stranger asks"),
  row(13, CHATS.groupOfAlice, ALICE, "alice to all"),
  row(14, CHATS.groupOfAlice, STRANGER, "stranger to all"),
  row(15, CHATS.groupOfStrangers, STRANGER, "strangers only"),
  row(16, CHATS.ofBob, BOB, "bob before"),
  row(40, CHATS.ofBob, BOB, "bob after")
]
/** When Bob is let in, Unix ms. */
export const BOB_LET_IN = Date.parse(at(30))

export type Row = ReturnType<typeof row> & Pick<ImsgMessage, "poll">

const valueIn = (params: object, key: string): unknown =>
  Object.entries(params).find(([name]) => name === key)?.[1]
const numberIn = (params: object, key: string): number => Number(valueIn(params, key))

const contains = ({ text }: Row, query: unknown): boolean =>
  text.toLowerCase().includes(String(query).toLowerCase())

/** A child with these rows, and those that are said later. */
const answerWith =
  (later: ReadonlyArray<Row>): Answer =>
  ({ method, params }) => {
    const rows = [...early, ...later]
    switch (method) {
      case "chats.list":
        return Effect.succeed({ chats: chats.slice(0, numberIn(params, "limit")) })
      case "messages.history":
        return Effect.succeed({
          messages: rows.filter(({ chat_id }) => chat_id === numberIn(params, "chat_id")).toReversed()
        })
      case "messages.search":
        return Effect.succeed({
          messages: rows
            .filter((each) => contains(each, valueIn(params, "query")))
            .toReversed()
            .slice(0, numberIn(params, "limit"))
        })
      case "messages.after":
        return Effect.succeed({ messages: rows.filter(({ id }) => id > numberIn(params, "since_rowid")) })
      default:
        return Effect.dieMessage(`no tool asks for ${method}`)
    }
  }

export const toolConfig: ConfigFileContent = {
  imessage: {
    dmPolicy: "pairing",
    allowFrom: [ALICE],
    groupPolicy: "allowlist",
    groupAllowFrom: [ALICE],
    textChunkLimit: 100
  },
  agents: { list: [{ id: "main", runtime: { type: "echo" }, maxParts: 3 }] },
  messages: { budget: { turns: 0, parts: 4 } }
}

const noFiles = Layer.succeed(OutboundFiles, {
  stage: () => Effect.dieMessage("no tool sends files"),
  receive: () => Effect.dieMessage("nothing comes in here"),
  here: () => Effect.dieMessage("nothing is sent here"),
  release: () => Effect.void,
  releaseOthers: () => Effect.succeed(0)
})

const stores = Layer.mergeAll(
  AuditSql.layer,
  OutboxSql.layer,
  PairingStoreSql.layer,
  GroupChatsSql.layer,
  DecisionsSql.layer,
  BudgetSql.layer
).pipe(Layer.provideMerge(DatabaseSqlite.memory))

/** Has an account run, with a child of these chats. */
export const connect = (
  accountId: string,
  later: ReadonlyArray<Row> = [],
  more: ReadonlyArray<string> = []
) =>
  Effect.gen(function* () {
    const methods = ["messages.after", "messages.search", ...more]
    const { session } = yield* makeChild({ answer: answerWith(later), methods })
    yield* (yield* Children).connected(accountId, session)
  })

/**
 * The services of tools, with a child that runs; all rows are judged. `later` are rows that a test adds, `more` methods that
 * the child has.
 */
export const toolServices = (
  config: ConfigFileContent = toolConfig,
  later: ReadonlyArray<Row> = [],
  more: ReadonlyArray<string> = []
) =>
  Layer.effect(Toolbox, makeToolbox(Lanes.make())).pipe(
    Layer.provideMerge(Layer.scopedDiscard(connect("default", later, more))),
    Layer.provideMerge(Layer.merge(RouterLive.layer, PermissionsSql.layer)),
    Layer.provideMerge(
      Layer.mergeAll(
        stores,
        LifecycleLive.layer,
        TurnPermitsLive.layer,
        ChildrenLive.layer,
        ChunkerLive.layer,
        noFiles,
        accountsOf(config)
      )
    ),
    Layer.provideMerge(configLayer(config))
  )

/** Calls a tool with a grant. */
export const callAs = (grant: Grant, tool: string, input: object = {}) =>
  Effect.provideService(callTool(tool, input), AskedWith, grant)
