/** `pairing list`, `approve`, `reject` and `revoke`: on the store, whether the gateway runs or not. */
import { Args, Command, HelpDoc, Options } from "@effect/cli"
import { Clock, Console, Duration, Effect, Option } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { AccountNotFound, PairingNotFound } from "../../schemas/Errors.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type PairingApproval, type PairingRequest, PairingStore } from "../../services/PairingStore.ts"
import * as options from "./options.ts"
import { pairingStore } from "./pairingStore.ts"
import { table } from "./table.ts"

const CHANNEL = "imessage"
/** The region of handles that belong to an account which the config does not have any more. */
const DEFAULT_REGION = "US"

/** One argument after the channel, which is the only one and may be left out. */
const afterChannel = (name: string, description: string) =>
  Args.text({ name: `${CHANNEL} ${name}` }).pipe(
    Args.between(1, 2),
    Args.withDescription(description),
    Args.mapEffect((given) => {
      const [first, second] = given
      if (second === undefined)
        return first === undefined || first === CHANNEL ? missing(name) : Effect.succeed(first)
      return first === CHANNEL
        ? Effect.succeed(second)
        : Effect.fail(HelpDoc.p(`expected the channel "${CHANNEL}" before ${name}; got "${first}"`))
    })
  )

const missing = (name: string) => Effect.fail(HelpDoc.p(`expected ${name} after the channel "${CHANNEL}"`))

const account = Options.text("account").pipe(
  Options.withDescription("Only this account, by its id."),
  Options.optional
)

/** Keeps what belongs to the account that was asked for. An account that nobody knows is a mistake, not an empty list. */
const ofAccount = <A extends { readonly accountId: string }>(
  wanted: Option.Option<string>,
  entries: ReadonlyArray<A>
) =>
  Effect.gen(function* () {
    if (Option.isNone(wanted)) return entries
    const { accounts } = yield* ConfigService
    const own = entries.filter(({ accountId }) => accountId === wanted.value)
    if (own.length === 0 && !accounts.some(({ id }) => id === wanted.value)) {
      return yield* new AccountNotFound({ account: wanted.value, known: accounts.map(({ id }) => id) })
    }
    return own
  })

const inWords = (millis: number): string => Duration.format(Duration.seconds(Math.round(millis / 1000)))

const showRequests = (requests: ReadonlyArray<PairingRequest>, now: number): string =>
  requests.length === 0
    ? "Nobody waits for approval."
    : table([
        ["CODE", "SENDER", "ACCOUNT", "AGE", "LAST WROTE", "EXPIRES IN"],
        ...requests.map(({ accountId, code, createdAt, expiresAt, lastSeenAt, sender }) => [
          code,
          sender,
          accountId,
          inWords(now - createdAt),
          `${inWords(now - lastSeenAt)} ago`,
          inWords(expiresAt - now)
        ])
      ])

const showApprovals = (approvals: ReadonlyArray<PairingApproval>): string =>
  approvals.length === 0
    ? "Nobody was let in by pairing."
    : table([
        ["SENDER", "ACCOUNT", "SINCE"],
        ...approvals.map(({ accountId, approvedAt, sender }) => [
          sender,
          accountId,
          new Date(approvedAt).toISOString()
        ])
      ])

const list = Command.make(
  "list",
  {
    channel: Args.choice([[CHANNEL, CHANNEL] as const], { name: "channel" }).pipe(Args.optional),
    account,
    approved: Options.boolean("approved").pipe(
      Options.withDescription("Show who was let in, instead of who waits.")
    ),
    config: options.config,
    json: Options.boolean("json").pipe(Options.withDescription("Print an array of objects."))
  },
  ({ account, approved, config, json }) =>
    Effect.gen(function* () {
      const pairing = yield* PairingStore
      const now = yield* Clock.currentTimeMillis
      const print = <A>(entries: ReadonlyArray<A>, show: (entries: ReadonlyArray<A>) => string) =>
        Console.log(json ? JSON.stringify(entries, undefined, 2) : show(entries))
      if (approved) {
        const approvals = yield* ofAccount(account, yield* pairing.approvals)
        return yield* print(approvals, showApprovals)
      }
      const requests = yield* ofAccount(account, yield* pairing.pending)
      yield* print(requests, (entries) => showRequests(entries, now))
    }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Shows who waits for approval: code, sender, account, age and expiry."))

const code = afterChannel("CODE", "The code, in upper or lower case.")

const approve = Command.make("approve", { code, config: options.config }, ({ code, config }) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const { accountId, sender } = yield* pairing.approve(code)
    yield* Console.log(`${sender} may now write to the account ${accountId}, and will be told.`)
  }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Admits the sender of a pairing request."))

const reject = Command.make("reject", { code, config: options.config }, ({ code, config }) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const { accountId, expiresAt, sender } = yield* pairing.reject(code)
    const left = inWords(expiresAt - (yield* Clock.currentTimeMillis))
    yield* Console.log(`${sender} stays out of the account ${accountId}, and gets no other code for ${left}.`)
  }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Refuses a pairing request. Its sender is not told."))

/** What admits a handle to an account beside pairing, in words. */
const stillAdmitted = (accounts: ReadonlyArray<AccountConfig>, accountId: string, sender: string) => {
  const config = accounts.find(({ id }) => id === accountId)
  if (config === undefined) return ""
  const named = config.allowFrom.some(
    (entry) => entry.trim() === "*" || normaliseHandle(entry, config.region) === sender
  )
  return named ? " But allowFrom admits them still; take them out of the config too." : ""
}

const revoke = Command.make(
  "revoke",
  {
    handle: afterChannel("HANDLE", "The phone number or email of somebody who was let in."),
    account,
    config: options.config
  },
  ({ account, config, handle }) =>
    Effect.gen(function* () {
      const pairing = yield* PairingStore
      const { accounts } = yield* ConfigService
      const regionOf = (accountId: string) =>
        accounts.find(({ id }) => id === accountId)?.region ?? DEFAULT_REGION
      const approvals = yield* ofAccount(account, yield* pairing.approvals)
      const theirs = approvals.filter(
        ({ accountId, sender }) => normaliseHandle(handle, regionOf(accountId)) === sender
      )
      if (theirs.length === 0) return yield* new PairingNotFound({ kind: "approval", subject: handle })
      yield* pairing.revoke(theirs)
      yield* Effect.forEach(theirs, ({ accountId, sender }) =>
        Console.log(
          `${sender} may no longer write to the account ${accountId}.${stillAdmitted(accounts, accountId, sender)}`
        )
      )
    }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Takes an approval back. What they wrote before is still answered."))

export const pairingCommand = Command.make("pairing").pipe(
  Command.withDescription("Who waits to be admitted to direct messages, and who was."),
  Command.withSubcommands([list, approve, reject, revoke])
)
