/** Makes the file for a bug report of what was gathered; nothing that is not made harmless here gets into it. */
import { Option, Predicate } from "effect"
import type { Status } from "../../../schemas/control/Status.ts"
import type { Counted } from "../../../schemas/Decision.ts"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import type { People } from "../../../schemas/People.ts"
import { VERSION } from "../../../version.ts"
import type { Check } from "../doctor/Check.ts"
import { ABOUT } from "./about.ts"
import { makeOwnWords, type OwnWords } from "./ownWords.ts"
import { makeRedactor, type Redact } from "./redactor.ts"
import type { Had, SupportReport } from "./SupportReport.ts"
import { passwordIn, secretsOf, shownConfig } from "./shownConfig.ts"
import { shownLine } from "./shownLine.ts"

/** What was found, as it is: with words, handles and secrets. */
export interface Gathered {
  readonly madeAt: string
  readonly node: string
  readonly system: string
  readonly home: string
  readonly region: string
  /** The text of the built program. */
  readonly program: string
  /** The parsed config, as far as it could be parsed, and what is wrong with it. */
  readonly config: Had<{ readonly problems: ReadonlyArray<string>; readonly raw: unknown }>
  /** What the variables hold that the config names. */
  readonly variables: ReadonlyArray<string>
  readonly doctor: Had<ReadonlyArray<Check>>
  readonly status: Had<Status>
  readonly decisions: Had<ReadonlyArray<Counted>>
  readonly log: Had<ReadonlyArray<string>>
}

const isMissing = <A>(had: Had<A>): had is { readonly missing: string } =>
  Predicate.hasProperty(had, "missing")

const mapHad = <A, B>(had: Had<A>, redact: Redact, shown: (value: A) => B): Had<B> =>
  isMissing(had) ? { missing: redact(had.missing) } : shown(had)

/** Names that the config gives to people, chats and accounts; a host of a cluster is none of them. */
const namesIn = (raw: unknown): ReadonlyArray<string> => {
  if (Array.isArray(raw)) return raw.flatMap(namesIn)
  if (!Predicate.isReadonlyRecord(raw)) return []
  return Object.entries(raw)
    .filter(([key]) => key !== "cluster")
    .flatMap(([key, value]) => [
      ...(key === "people" && Predicate.isReadonlyRecord(value) ? Object.keys(value) : []),
      ...(key === "name" && typeof value === "string" ? [value] : []),
      ...namesIn(value)
    ])
}

/** Whose handles are whose, also where the config has mistakes. */
const peopleIn = (raw: unknown, region: string): People =>
  Predicate.isReadonlyRecord(raw) && Predicate.isReadonlyRecord(raw.people)
    ? Object.entries(raw.people).map(([name, handles]) => ({
        name,
        handles: (Array.isArray(handles) ? handles : [])
          .map((handle: unknown) => normaliseHandle(String(handle), region))
          .filter((handle) => handle !== "")
      }))
    : []

/** A problem quotes what was found; where, and what was expected, is enough. */
const withoutQuotes = (text: string): string => text.replaceAll(/; got [^\n]*/gu, "; got something else")

const checkOf =
  (redact: Redact) =>
  ({ account, detail, id, remedy, status, title }: Check): Check => ({
    id,
    title,
    ...(account === undefined ? {} : { account: redact(account) }),
    status,
    detail: redact(withoutQuotes(detail)),
    ...(remedy === undefined ? {} : { remedy: redact(remedy) })
  })

const statusOf = (status: Status, own: OwnWords, redact: Redact): Status => ({
  ...status,
  accounts: status.accounts.map((account) => ({
    ...account,
    id: redact(account.id),
    name: null,
    reason: redact(own(account.reason)),
    lastError:
      account.lastError === null
        ? null
        : {
            code: own(account.lastError.code),
            message: redact(own(account.lastError.message)),
            hint: redact(own(account.lastError.hint))
          }
  })),
  paused: status.paused.map(({ name: _name, ...paused }) => ({
    ...paused,
    accountId: redact(paused.accountId),
    chat: redact(paused.chat)
  })),
  budgets: status.budgets.map(({ name: _name, ...budget }) => ({
    ...budget,
    accountId: redact(budget.accountId),
    subject: redact(budget.subject)
  }))
})

const logOf = (texts: ReadonlyArray<string>, own: OwnWords, redact: Redact) => {
  const lines = texts.flatMap((text) => Option.toArray(shownLine(text, own, redact)))
  return { lines, others: texts.length - lines.length }
}

/** The report, and what could not be had for it. */
export const makeReport = (
  gathered: Gathered
): { readonly report: SupportReport; readonly missing: ReadonlyArray<string> } => {
  const { config, decisions, doctor, home, log, program, region, status, variables } = gathered
  const raw = isMissing(config) ? undefined : config.raw
  const redact = makeRedactor({
    people: peopleIn(raw, region),
    names: namesIn(raw),
    secrets: [...secretsOf(raw), ...variables, ...variables.flatMap(passwordIn)],
    home,
    region
  })
  const own = makeOwnWords(program)
  const shown = mapHad(doctor, redact, (checks) => checks.map(checkOf(redact)))
  const sections = { config, doctor, status, decisions, log }
  return {
    report: {
      about: ABOUT,
      madeAt: gathered.madeAt,
      versions: {
        gateway: VERSION,
        node: gathered.node,
        system: gathered.system,
        imsg: isMissing(shown)
          ? []
          : shown
              .filter(({ id, status }) => id === "imsg" && status === "ok")
              .map(({ account, detail }) => `${account ?? ""}: ${detail}`)
      },
      config: mapHad(config, redact, ({ problems, raw }) => ({
        problems: problems.map(withoutQuotes).map(redact),
        keys: shownConfig(raw, redact)
      })),
      doctor: shown,
      status: mapHad(status, redact, (known) => statusOf(known, own, redact)),
      decisions: mapHad(decisions, redact, (counted) =>
        counted.map((entry) => ({ ...entry, account: redact(entry.account), what: redact(entry.what) }))
      ),
      log: mapHad(log, redact, (lines) => logOf(lines, own, redact))
    },
    missing: Object.entries(sections).flatMap(([name, section]) => (isMissing(section) ? [name] : []))
  }
}
