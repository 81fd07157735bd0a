/** The audit log for people. */
import { Data } from "effect"
import type { Look } from "../../../layers/terminal/look.ts"
import type { AuditEntry, AuditEvent } from "../../../schemas/Audit.ts"
import { actInWords } from "../../../schemas/actInWords.ts"
import { actorInWords } from "../../../schemas/actorWords.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { scopesInWords } from "../../../schemas/Grant.ts"
import { accountNamed, personInWords } from "../../../schemas/naming.ts"
import { kindInWords } from "../../../schemas/permissionWords.ts"
import { table } from "./table.ts"

const { $match: matchEvent } = Data.taggedEnum<AuditEvent>()

/** By what names there are. */
type Named = Pick<GatewayConfig, "accounts" | "people">

const listed = (names: ReadonlyArray<string>): string => (names.length === 0 ? "nothing" : names.join(", "))

const eventInWords = ({ accounts, people }: Named) => {
  const account = (id: string) => accountNamed(accounts, id)
  const person = (handle: string) => personInWords(people, handle)
  return matchEvent({
    PairingApproved: ({ accountId, sender }) => `let ${person(sender)} in to ${account(accountId)}`,
    PairingRejected: ({ accountId, sender }) => `refused ${person(sender)} to ${account(accountId)}`,
    PairingRevoked: ({ accountId, sender }) =>
      `took back that ${person(sender)} may write to ${account(accountId)}`,
    SignedIn: () => "signed in",
    SignedOut: () => "signed out",
    TokenRefused: ({ as }) => `gave a wrong token, ${as === "sign-in" ? "to sign in" : "as a program"}`,
    TokenCreated: ({ name, number, scopes = ["admin"] }) =>
      `made token ${number} (${name}), ${scopesInWords(scopes)}`,
    TokenRevoked: ({ name, number }) => `revoked token ${number} (${name})`,
    MessageSent: ({ accountId, deliveryId, target }) =>
      `sent ${deliveryId} to ${person(target)} through ${account(accountId)}`,
    ActAsked: ({ accountId, act, deliveryId, target }) =>
      `asked for ${actInWords[act]} in ${person(target)} through ${account(accountId)} (${deliveryId})`,
    DeadLetterRetried: ({ anyway, number }) =>
      `had dead letter ${number} tried again${anyway ? ", though it may have been sent" : ""}`,
    DeadLetterDropped: ({ number }) => `dropped dead letter ${number}`,
    DeadLetterShown: ({ number }) => `read dead letter ${number}`,
    ConversationShown: ({ agentId, of }) => `read what ${agentId} remembers of ${person(of)}`,
    HistoryRead: ({ accountId, chatId }) => `read the messages of chat ${chatId} of ${account(accountId)}`,
    WordsHeard: () => "began to listen to events with the words of messages",
    ConversationCleared: ({ agentId, of }) => `had ${agentId} forget what it remembers of ${person(of)}`,
    ConfigReloaded: ({ accounts: names, sections }) =>
      `had the config read again; changed: ${listed([...sections, ...names.map((id) => `account ${account(id)}`)])}`,
    ConfigRefused: ({ code }) => `had the config read again, which was refused: ${code}`,
    ChatPaused: ({ accountId, chat }) => `paused the chat ${person(chat)} of ${account(accountId)}`,
    PermissionDecided: ({ agentId, allowed, kind, number }) =>
      `${allowed ? "allowed" : "refused"} ${agentId} to ${kindInWords[kind]} (request ${number})`,
    ChatResumed: ({ accountId, chat }) => `let the paused chat ${person(chat)} of ${account(accountId)} go on`
  })
}

export const showAudit = (entries: ReadonlyArray<AuditEntry>, named: Named, look?: Look): string =>
  entries.length === 0
    ? "Nothing was done that the audit log keeps."
    : table(
        [
          ["WHEN", "WHO", "WHAT"],
          ...entries.map(({ at, by, event }) => [
            new Date(at).toISOString(),
            actorInWords(named)(by),
            eventInWords(named)(event)
          ])
        ],
        look
      )
