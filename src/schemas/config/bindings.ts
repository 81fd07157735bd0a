/**
 * The section `bindings`: which agent answers what. Every account gets those that hold for it, with the people and
 * chats that they name read once.
 */
import { Either, Schema } from "effect"
import { TargetInvalid } from "../errors/delivery.ts"
import { parse, readPrefixes, type Target } from "../Target.ts"
import type { Resolved } from "./accounts.ts"
import { type Problem, show } from "./problems.ts"
import type { AccountConfig, AccountSettings, AgentConfig, BindingConfig } from "./resolved.ts"
import { unknownAgent } from "./routes.ts"
import { foreign, Id, option, required, Text, TextOrNumber } from "./values.ts"

/** One entry of `bindings` that is for this channel. */
export const Binding = Schema.Struct(
  {
    agentId: required(Id, "The `id` of the agent that answers what matches."),
    match: required(
      Schema.Struct(
        {
          channel: option(Schema.Literal("imessage"), "Bindings of other channels are skipped.", "imessage"),
          accountId: option(Text, 'The account that the message came in by. Absent or `"*"` for every one.'),
          peer: option(
            Schema.Struct({
              kind: required(
                Schema.Literal("direct", "dm", "group"),
                "Whether `id` is a person or a group. `dm` is the older word for `direct`."
              ),
              id: required(
                TextOrNumber,
                "For a person, a phone number or an email in any usual spelling, or the chat with them; for a group, its chat. Chats are written `chat_id:42`, `chat_guid:…` or `chat_identifier:…`; for a group only `42` is enough."
              )
            }).annotations({ identifier: "Peer" }),
            "The person or group that the message came from. Absent for everyone."
          )
        },
        foreign
      ).annotations({ identifier: "Match" }),
      "What the binding is for. The most specific match wins, then the default agent."
    )
  },
  foreign
).annotations({ identifier: "Binding" })
export type Binding = typeof Binding.Type

type Peer = NonNullable<Binding["match"]["peer"]>

/** The chat of a group; only digits are its chat_id. */
const groupOf = (id: string): Either.Either<Target, TargetInvalid> => {
  const written = readPrefixes(/^\s*\d+\s*$/u.test(id) ? `chat_id:${id}` : id)
  return written._tag === "Chat"
    ? written.chat
    : Either.left(
        new TargetInvalid({
          input: id,
          expected: "the chat of a group: chat_id:42 (or only 42), chat_guid:… or chat_identifier:…"
        })
      )
}

/** Guids of groups, and the identifiers that look like them, have this in them. */
const namesGroup = (target: Target): boolean =>
  (target._tag === "ChatGuid" && target.chatGuid.includes(";+;")) ||
  (target._tag === "ChatIdentifier" && target.chatIdentifier.includes(";+;"))

/** A person, by the service that they write by where one is written, or the chat with one. */
const personOf = (id: string, { region }: AccountSettings): Either.Either<Target, TargetInvalid> =>
  Either.filterOrLeft(
    parse(id, { region, service: "auto" }),
    (target) => !namesGroup(target),
    () => new TargetInvalid({ input: id, expected: 'a person, for this chat is a group: kind "group"' })
  )

const targetOf = ({ id, kind }: Peer, account: AccountSettings) =>
  kind === "group" ? groupOf(id) : personOf(id, account)

const accountIdOf = ({ match: { accountId } }: Binding): string | undefined =>
  accountId === "*" ? undefined : accountId

const holdsFor =
  (account: AccountSettings) =>
  (binding: Binding): boolean =>
    accountIdOf(binding) === undefined || accountIdOf(binding) === account.id

/** How exactly a binding says what it is for: a peer counts more than an account. */
const exactness = (binding: Binding): number =>
  (binding.match.peer === undefined ? 0 : 2) + (accountIdOf(binding) === undefined ? 0 : 1)

/** A binding in one account; none where its number is no number in the account's region. */
const bindingIn =
  (account: AccountSettings) =>
  ({ agentId, match: { peer } }: Binding): ReadonlyArray<BindingConfig> =>
    peer === undefined
      ? [{ agentId }]
      : Either.match(targetOf(peer, account), {
          onLeft: () => [],
          onRight: (target) => [
            {
              agentId,
              peer: { kind: peer.kind === "group" ? ("group" as const) : ("direct" as const), target }
            }
          ]
        })

/** A peer that is nonsense in every account that its binding is for. */
const nonsense = (
  binding: Binding,
  at: number,
  accounts: ReadonlyArray<AccountSettings>
): ReadonlyArray<Problem> => {
  const { peer } = binding.match
  if (peer === undefined) return []
  const targets = accounts.filter((account) => holdsFor(account)(binding)).map((own) => targetOf(peer, own))
  const [first] = targets
  return first === undefined || Either.isRight(first) || targets.some(Either.isRight)
    ? []
    : [
        {
          path: ["bindings", at, "match", "peer", "id"],
          message: `expected ${first.left.expected}; got ${show(peer.id)}`
        }
      ]
}

/** The accounts with their bindings, which name agents that must exist and accounts that should. */
export const bindAccounts = (
  bindings: ReadonlyArray<Binding>,
  agents: ReadonlyArray<AgentConfig>,
  accounts: ReadonlyArray<AccountSettings>
): Resolved<ReadonlyArray<AccountConfig>> => ({
  value: accounts.map((account) => ({
    ...account,
    bindings: bindings
      .filter(holdsFor(account))
      .sort((one, other) => exactness(other) - exactness(one))
      .flatMap(bindingIn(account))
  })),
  problems: bindings.flatMap((binding, at) => [
    ...unknownAgent(binding.agentId, ["bindings", at, "agentId"], agents),
    ...nonsense(binding, at, accounts)
  ]),
  warnings: bindings.flatMap((binding) => {
    const id = accountIdOf(binding)
    return id === undefined || accounts.some((account) => account.id === id)
      ? []
      : [
          `a binding of agent ${binding.agentId} is for account "${id}", which does not exist, and matches nothing`
        ]
  })
})
