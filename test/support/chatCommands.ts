/** What commands in chats are carried out on, beside what verdicts are. */
import { Layer } from "effect"
import * as ConversationsSqlite from "../../src/layers/conversations/ConversationsSqlite.ts"
import * as DeadLettersSqlite from "../../src/layers/deadLetters/DeadLettersSqlite.ts"
import * as AccountsLive from "../../src/layers/events/AccountsLive.ts"
import * as GroupChatsSqlite from "../../src/layers/groups/GroupChatsSqlite.ts"
import * as PausedChatsSqlite from "../../src/layers/limits/PausedChatsSqlite.ts"
import * as MailboxesSqlite from "../../src/layers/mailbox/MailboxesSqlite.ts"
import * as StopsSqlite from "../../src/layers/mailbox/StopsSqlite.ts"
import * as OutboxSqlite from "../../src/layers/outbox/OutboxSqlite.ts"
import * as PermissionsSqlite from "../../src/layers/permissions/PermissionsSqlite.ts"
import * as LifecycleLive from "../../src/layers/process/LifecycleLive.ts"
import * as TurnPermitsLive from "../../src/layers/turns/TurnPermitsLive.ts"
import { events } from "./accounts.ts"

/** On a store, with a config. */
export const commandStores = Layer.mergeAll(
  ConversationsSqlite.layer,
  DeadLettersSqlite.layer,
  GroupChatsSqlite.layer,
  PausedChatsSqlite.layer,
  MailboxesSqlite.layer,
  StopsSqlite.layer,
  AccountsLive.layer,
  Layer.provide(PermissionsSqlite.layer, [
    GroupChatsSqlite.layer,
    OutboxSqlite.layer,
    LifecycleLive.layer,
    TurnPermitsLive.layer
  ])
).pipe(Layer.provideMerge(events))
