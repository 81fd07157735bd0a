/** What a handshake, a look into the database and a send say about an account: decisions, without effects. */
import { bridgeOf } from "../../../schemas/bridgeOf.ts"
import { BRIDGE_HINT, bridgeInWords } from "../../../schemas/bridgeWords.ts"
import type { Capabilities } from "../../../schemas/Capabilities.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { OpenError, RequestError } from "../../../services/ImsgProcess.ts"
import { type Check, failed, ok, type Place, warning } from "./Check.ts"
import { grant, type Surroundings } from "./grants.ts"
import type { Handshake } from "./handshake.ts"
import type { Program } from "./program.ts"

/** What the checks of one account are about. */
export interface Subject {
  readonly account: AccountConfig
  readonly program: Program
  readonly surroundings: Surroundings
}

const TITLES = {
  imsg: "imsg",
  rpc: "imsg rpc",
  handshake: "Handshake",
  "full-disk-access": "Full Disk Access",
  contacts: "Contacts",
  automation: "Automation",
  bridge: "Private bridge"
} as const

/** The place of a check of an account. */
export const placeOf = ({ id: account }: AccountConfig, id: keyof typeof TITLES): Place => ({
  id,
  title: TITLES[id],
  account
})

/** Above this a handshake is slow: every restart of the child takes as long. In ms. */
const SLOW_MS = 5000

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`

/** Why the database cannot be read. */
export const databaseFailure = ({ account, program, surroundings }: Subject, error: RequestError): Check => {
  const place = placeOf(account, "full-disk-access")
  const remedy = grant("FullDiskAccess", surroundings, program.host)
  switch (error._tag) {
    case "PermissionDenied":
      return failed(place, error.message, remedy)
    case "DatabaseUnavailable":
      return failed(
        place,
        error.message,
        `${remedy} If that is not it: check that Messages is signed in, and that imessage.dbPath is right.`
      )
    default:
      return failed(place, error.message, error.hint)
  }
}

const stuck = (subject: Subject, message: string): Check =>
  failed(
    placeOf(subject.account, "handshake"),
    `${message}, and neither when its input ended`,
    "Look for a permission dialog on the Mac's screen." +
      (subject.program.isScript || subject.program.host !== undefined
        ? ` Run \`${subject.account.cliPath} rpc\` in a terminal: it must ask nothing (ssh: -T and -o BatchMode=yes).`
        : "")
  )

const refused = (subject: Subject, error: OpenError): ReadonlyArray<Check> => {
  const rpc = placeOf(subject.account, "rpc")
  switch (error._tag) {
    case "PermissionDenied":
    case "DatabaseUnavailable":
      return [ok(rpc, "supported"), databaseFailure(subject, error)]
    case "ImsgNotFound":
      return [failed(placeOf(subject.account, "imsg"), error.message, error.hint)]
    case "ChildStuck":
      return [stuck(subject, error.message)]
    default:
      return [failed(rpc, error.message, error.hint)]
  }
}

/** What a handshake came to. */
export const handshakeChecks = (subject: Subject, handshake: Handshake): ReadonlyArray<Check> => {
  const place = placeOf(subject.account, "handshake")
  const supported = ok(placeOf(subject.account, "rpc"), "supported")
  switch (handshake._tag) {
    case "Answered": {
      const found = `answered after ${seconds(handshake.millis)}`
      return [
        supported,
        handshake.millis < SLOW_MS
          ? ok(place, found)
          : warning(
              place,
              `${found}, which is slow`,
              "Every restart of imsg takes as long. Look at the network where it is reached over ssh, else at what else the Mac does."
            )
      ]
    }
    case "Unsteady":
      return [
        supported,
        warning(
          place,
          `one imsg was silent for ${seconds(handshake.silentMs)}, another one that was started then answered`,
          "The gateway replaces one that is silent. If it happens often, look for a permission dialog on the Mac's screen, and at the network where it is reached over ssh."
        )
      ]
    case "Buffered":
      return [
        failed(
          place,
          `${subject.account.cliPath} runs, but answers only once its input has ended: a wrapper collects what goes in or comes out, and passes it on at the end`,
          'Let the wrapper end in `exec … imsg "$@"`, without a pipe, `$(…)` or `read` around it; a filter that must be there needs to pass on each line (`sed -u`, `grep --line-buffered`, `stdbuf -oL`).'
        )
      ]
    case "Refused":
      return refused(subject, handshake.error)
  }
}

/** What a look at the chats came to: `chats` is how many were found when one was asked for. */
export const databaseCheck = ({ account }: Subject, chats: number, path: string | undefined): Check => {
  const place = placeOf(account, "full-disk-access")
  const database = path ?? account.dbPath ?? "the database of Messages"
  return chats > 0
    ? ok(place, `${database} can be read`)
    : warning(
        place,
        `${database} can be read, and has no chats`,
        "Check that Messages is signed in on that Mac for that user, and that imessage.dbPath is right."
      )
}

/** `available` as `status` has it, undefined in builds that do not say. */
export const contactsCheck = (
  { account, program, surroundings }: Subject,
  available: boolean | undefined
): Check => {
  const place = placeOf(account, "contacts")
  if (available === undefined) return ok(place, "this build of imsg says nothing about them")
  return available
    ? ok(place, "names are known")
    : warning(
        place,
        "not available: people are shown by number or email, which is all that the gateway needs",
        grant("Contacts", surroundings, program.host)
      )
}

/** imsg's private bridge: most people have none, which is nothing to be mended. */
export const bridgeCheck = ({ account }: Subject, capabilities: Capabilities): Check => {
  const bridge = bridgeOf(capabilities)
  const found = bridgeInWords(bridge)
  return ok(
    placeOf(account, "bridge"),
    {
      ready: found,
      broken: `${found}. ${BRIDGE_HINT}`,
      absent:
        "none, as on most Macs: nobody sees typing or read receipts, and tapbacks, threads and edits are left out. It costs a part of System Integrity Protection, and begins with `imsg launch`: docs/mac.md"
    }[bridge.state]
  )
}

/** Why a send failed. */
export const sendFailure = ({ account, program, surroundings }: Subject, error: RequestError): Check => {
  const place = placeOf(account, "automation")
  switch (error._tag) {
    case "PermissionDenied":
      return error.permission === "Automation"
        ? failed(place, error.message, grant("Automation", surroundings, program.host))
        : failed(place, error.message, error.hint)
    case "RpcTimeout":
      return failed(
        place,
        `${error.message}; the message may have been sent all the same`,
        "Look for a dialog on the Mac's screen that asks to control Messages, allow it, and try again."
      )
    default:
      return failed(place, error.message, error.hint)
  }
}
