/** The audit log for people. */
import { Data } from "effect"
import type { AuditActor, AuditEntry, AuditEvent } from "../../../schemas/Audit.ts"
import { table } from "./table.ts"

const { $match } = Data.taggedEnum<AuditActor>()
const { $match: matchEvent } = Data.taggedEnum<AuditEvent>()

const actorInWords = $match({
  Gateway: () => "the gateway",
  CommandLine: ({ user }) => `${user}, by command`,
  Signal: ({ signal }) => `signal ${signal}`,
  Socket: () => "its socket",
  Web: ({ address, session }) => `web ${address}${session === undefined ? "" : `, session ${session}`}`,
  Chat: ({ accountId, handle }) => `${handle}, in a chat of ${accountId}`
})

const listed = (names: ReadonlyArray<string>): string => (names.length === 0 ? "nothing" : names.join(", "))

const eventInWords = matchEvent({
  PairingApproved: ({ accountId, sender }) => `let ${sender} in to ${accountId}`,
  PairingRejected: ({ accountId, sender }) => `refused ${sender} to ${accountId}`,
  PairingRevoked: ({ accountId, sender }) => `took back that ${sender} may write to ${accountId}`,
  SignedIn: () => "signed in",
  SignedOut: () => "signed out",
  TokenRefused: ({ as }) => `gave a wrong token, ${as === "sign-in" ? "to sign in" : "as a program"}`,
  TokenCreated: ({ name, number }) => `made token ${number} (${name})`,
  TokenRevoked: ({ name, number }) => `revoked token ${number} (${name})`,
  MessageSent: ({ accountId, deliveryId, target }) => `sent ${deliveryId} to ${target} through ${accountId}`,
  DeadLetterRetried: ({ anyway, number }) =>
    `had dead letter ${number} tried again${anyway ? ", though it may have been sent" : ""}`,
  DeadLetterDropped: ({ number }) => `dropped dead letter ${number}`,
  DeadLetterShown: ({ number }) => `read dead letter ${number}`,
  ConversationShown: ({ agentId, of }) => `read what ${agentId} remembers of ${of}`,
  HistoryRead: ({ accountId, chatId }) => `read the messages of chat ${chatId} of ${accountId}`,
  ConversationCleared: ({ agentId, of }) => `had ${agentId} forget what it remembers of ${of}`,
  ConfigReloaded: ({ accounts, sections }) =>
    `had the config read again; changed: ${listed([...sections, ...accounts.map((id) => `account ${id}`)])}`,
  ConfigRefused: ({ code }) => `had the config read again, which was refused: ${code}`,
  ChatPaused: ({ accountId, chat }) => `paused the chat ${chat} of ${accountId}`,
  ChatResumed: ({ accountId, chat }) => `let the paused chat ${chat} of ${accountId} go on`
})

export const showAudit = (entries: ReadonlyArray<AuditEntry>): string =>
  entries.length === 0
    ? "Nothing was done that the audit log keeps."
    : table([
        ["WHEN", "WHO", "WHAT"],
        ...entries.map(({ at, by, event }) => [
          new Date(at).toISOString(),
          actorInWords(by),
          eventInWords(event)
        ])
      ])
