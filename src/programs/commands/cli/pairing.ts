/** `pairing list`, `approve`, `reject` and `revoke`: on the store, whether the gateway runs or not. */
import { Args, Command, HelpDoc, Options } from "@effect/cli"
import { Clock, Effect } from "effect"
import type { Look } from "../../../layers/terminal/look.ts"
import { printSentence } from "../../../layers/terminal/TerminalConsole.ts"
import { parseAllowList } from "../../../schemas/AllowList.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { PairingNotFound } from "../../../schemas/errors/pairing.ts"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { inWords } from "../../../schemas/inWords.ts"
import { accountNamed, personInWords } from "../../../schemas/naming.ts"
import { handlesOf, isSamePerson } from "../../../schemas/People.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { type PairingApproval, type PairingRequest, PairingStore } from "../../../services/PairingStore.ts"
import { approvalMeans, rejectionMeans } from "../../account/chatCommands/decisions.ts"
import { account, ofAccount } from "./accounts.ts"
import * as options from "./options.ts"
import { pairingStore } from "./pairingStore.ts"
import { printEither } from "./print.ts"
import { table } from "./table.ts"

const CHANNEL = "imessage"
/** The region of handles that belong to an account which the config does not have any more. */
const DEFAULT_REGION = "US"

const isChannel = (text: string): boolean => text.toLowerCase() === CHANNEL

const channel = Args.text({ name: CHANNEL }).pipe(
  Args.mapEffect((given) =>
    isChannel(given)
      ? Effect.succeed(CHANNEL)
      : Effect.fail(HelpDoc.p(`expected the channel "${CHANNEL}"; got "${given}"`))
  ),
  Args.optional
)

/** One argument after the channel, which is the only one and may be left out. */
const afterChannel = (name: string, description: string) =>
  Args.text({ name: `${CHANNEL} ${name}` }).pipe(
    Args.between(1, 2),
    Args.withDescription(description),
    Args.mapEffect((given) => {
      const [first, second] = given
      if (second === undefined)
        return first === undefined || isChannel(first) ? missing(name) : Effect.succeed(first)
      return isChannel(first)
        ? Effect.succeed(second)
        : Effect.fail(HelpDoc.p(`expected the channel "${CHANNEL}" before ${name}; got "${first}"`))
    })
  )

const missing = (name: string) => Effect.fail(HelpDoc.p(`expected ${name} after the channel "${CHANNEL}"`))

const accountOf = ({ accountId }: { readonly accountId: string }): string => accountId

type Named = Pick<GatewayConfig, "accounts" | "people">
const NOBODY: Named = { accounts: [], people: [] }

/** What is typed again. */
const KEPT = ["CODE", "SENDER"]

const showRequests = (
  requests: ReadonlyArray<PairingRequest>,
  { accounts, people }: Named,
  now: number,
  look: Look
): string =>
  requests.length === 0
    ? "Nobody waits for approval."
    : table(
        [
          ["CODE", "SENDER", "ACCOUNT", "AGE", "LAST WROTE", "EXPIRES IN"],
          ...requests.map(({ accountId, code, createdAt, expiresAt, lastSeenAt, sender }) => [
            code,
            personInWords(people, sender),
            accountNamed(accounts, accountId),
            inWords(now - createdAt),
            `${inWords(now - lastSeenAt)} ago`,
            inWords(expiresAt - now)
          ])
        ],
        look,
        KEPT
      )

const showApprovals = (
  approvals: ReadonlyArray<PairingApproval>,
  { accounts, people }: Named,
  look: Look
): string =>
  approvals.length === 0
    ? "Nobody was let in by pairing."
    : table(
        [
          ["SENDER", "ACCOUNT", "SINCE"],
          ...approvals.map(({ accountId, approvedAt, sender }) => [
            personInWords(people, sender),
            accountNamed(accounts, accountId),
            new Date(approvedAt).toISOString()
          ])
        ],
        look,
        KEPT
      )

const list = Command.make(
  "list",
  {
    channel,
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
      const print = <A>(
        entries: ReadonlyArray<A>,
        show: (entries: ReadonlyArray<A>, named: Named, look: Look) => string
      ) =>
        // To read the names takes as long as all the rest: only where somebody is shown by name.
        Effect.flatMap(json || entries.length === 0 ? Effect.succeed(NOBODY) : currentConfig, (named) =>
          printEither(json, entries, (look) => show(entries, named, look))
        )
      if (approved) {
        const approvals = yield* ofAccount(account, yield* pairing.approvals, accountOf)
        return yield* print(approvals, showApprovals)
      }
      const requests = yield* ofAccount(account, yield* pairing.pending, accountOf)
      yield* print(requests, (entries, named, look) => showRequests(entries, named, now, look))
    }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Shows who waits for approval: code, sender, account, age and expiry."))

const code = afterChannel("CODE", "The code, in upper or lower case.")

const approve = Command.make("approve", { code, config: options.config }, ({ code, config }) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const request = yield* pairing.approve(code)
    const { accounts } = yield* currentConfig
    yield* printSentence(
      // What it means stands in a config that cannot be taken now.
      accounts.length === 0
        ? `${request.sender} is approved for the account ${request.accountId}.`
        : approvalMeans(accounts, request)
    )
  }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Admits the sender of a pairing request."))

const reject = Command.make("reject", { code, config: options.config }, ({ code, config }) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const request = yield* pairing.reject(code)
    yield* printSentence(rejectionMeans(request, yield* Clock.currentTimeMillis))
  }).pipe(Effect.provide(pairingStore(config)))
).pipe(Command.withDescription("Refuses a pairing request. Its sender is not told."))

/** What admits a handle to an account beside pairing, in words. */
const stillAdmitted = (
  { accounts, people }: Pick<GatewayConfig, "accounts" | "people">,
  accountId: string,
  sender: string
) => {
  const config = accounts.find(({ id }) => id === accountId)
  if (config === undefined) return ""
  const { everyone, handles } = parseAllowList(config.allowFrom, config.region)
  return everyone || handlesOf(people, sender).some((handle) => handles.has(handle))
    ? " But allowFrom admits them still; take them out of the config too."
    : ""
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
      const { accounts, people } = yield* currentConfig
      const regionOf = (accountId: string) =>
        accounts.find(({ id }) => id === accountId)?.region ?? DEFAULT_REGION
      const approvals = yield* ofAccount(account, yield* pairing.approvals, accountOf)
      const theirs = approvals.filter(({ accountId, sender }) =>
        isSamePerson(people, normaliseHandle(handle, regionOf(accountId)), sender)
      )
      if (theirs.length === 0) return yield* new PairingNotFound({ kind: "approval", subject: handle })
      yield* pairing.revoke(
        theirs.flatMap(({ accountId, sender }) =>
          handlesOf(people, sender).map((handle) => ({ accountId, sender: handle }))
        )
      )
      yield* Effect.forEach(theirs, ({ accountId, sender }) =>
        printSentence(
          `${sender} may no longer write to the account ${accountId}, and no agent remembers them.${stillAdmitted({ accounts, people }, accountId, sender)}`
        )
      )
    }).pipe(
      Effect.provide(
        // Who else belongs to a handle stands in the config only.
        pairingStore(config, true)
      )
    )
).pipe(
  Command.withDescription(
    "Takes the approval of a person back, and forgets what agents remember of them. What they wrote before is still answered."
  )
)

export const pairingCommand = Command.make("pairing").pipe(
  Command.withDescription("Who waits to be admitted to direct messages, and who was."),
  Command.withSubcommands([list, approve, reject, revoke])
)
