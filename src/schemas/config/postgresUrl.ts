/** The address of a PostgreSQL database, and what is wrong with one. It has a password: nothing of it is said but names of keys. */
import { Option } from "effect"

export const POSTGRES_URL =
  "the address of a PostgreSQL database, such as postgres://user:password@host:5432/database"

/** What `sslmode` may be. */
const SSL_MODES: ReadonlyArray<string> = [
  "disable",
  "no-verify",
  "prefer",
  "require",
  "verify-ca",
  "verify-full"
]

const ENCODED =
  "in the user and the password each of these is written percent-encoded: @ as %40, # as %23, / as %2F, ? as %3F, : as %3A, % as %25, a space as %20"

/** What stands behind the scheme and before the path, with whoever opens it, and the rest. */
const PARTS = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/su

const decodes = Option.liftThrowable(decodeURIComponent)

const hostsOf = (authority: string, url: URL | undefined): ReadonlyArray<string> => [
  authority.slice(authority.lastIndexOf("@") + 1),
  ...(url?.searchParams.getAll("host") ?? [])
]

/** What cannot be meant with a text in the place of such an address; nothing where it can be one. */
export const wrongWithUrl = (text: string): string | undefined => {
  const [, authority, rest] = PARTS.exec(text) ?? []
  if (authority === undefined || rest === undefined) return `expected ${POSTGRES_URL}; got another string`
  const url = URL.canParse(text) ? new URL(text) : undefined
  // Whoever opens it ended at a character that was not meant so: what is in front of the @ came to stand in the rest.
  if (/\s/u.test(text) || text.includes("#") || (!authority.includes("@") && rest.includes("@"))) {
    return `cannot be read as ${POSTGRES_URL}; ${ENCODED}`
  }
  if (hostsOf(authority, url).some((hosts) => hosts.includes(","))) {
    return "names several hosts; name one: an address that moves to the new primary where there are standbys"
  }
  const written = url === undefined ? [] : [url.username, url.password, url.hostname, url.pathname]
  if (url === undefined || written.some((part) => Option.isNone(decodes(part)))) {
    return `cannot be read as ${POSTGRES_URL}; ${ENCODED}`
  }
  if (url.pathname.length <= 1) {
    return "names no database; name it behind the host and the port, as in postgres://user:password@host:5432/database"
  }
  if (url.searchParams.getAll("sslmode").some((mode) => !SSL_MODES.includes(mode))) {
    return `its sslmode is none that there is; expected one of: ${SSL_MODES.join(", ")}`
  }
  return undefined
}

/** What the database is called, without who opens it. */
export const nameInUrl = (text: string): string => {
  const { host, pathname } = new URL(text)
  return `${host}${pathname}`
}
