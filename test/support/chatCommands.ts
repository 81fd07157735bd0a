/** What commands in chats are carried out on, beside what verdicts are. */
import { Layer } from "effect"
import * as ConversationsSql from "../../src/layers/conversations/ConversationsSql.ts"
import * as DeadLettersSql from "../../src/layers/deadLetters/DeadLettersSql.ts"
import * as AccountsLive from "../../src/layers/events/AccountsLive.ts"
import * as GroupChatsSql from "../../src/layers/groups/GroupChatsSql.ts"
import * as PausedChatsSql from "../../src/layers/limits/PausedChatsSql.ts"
import * as MailboxesSql from "../../src/layers/mailbox/MailboxesSql.ts"
import * as StopsSql from "../../src/layers/mailbox/StopsSql.ts"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as PermissionsSql from "../../src/layers/permissions/PermissionsSql.ts"
import * as LifecycleLive from "../../src/layers/process/LifecycleLive.ts"
import * as TurnPermitsLive from "../../src/layers/turns/TurnPermitsLive.ts"
import { events } from "./accounts.ts"

/** On a store, with a config. */
export const commandStores = Layer.mergeAll(
  ConversationsSql.layer,
  DeadLettersSql.layer,
  GroupChatsSql.layer,
  PausedChatsSql.layer,
  MailboxesSql.layer,
  StopsSql.layer,
  AccountsLive.layer,
  Layer.provide(PermissionsSql.layer, [
    GroupChatsSql.layer,
    OutboxSql.layer,
    LifecycleLive.layer,
    TurnPermitsLive.layer
  ])
).pipe(Layer.provideMerge(events))
