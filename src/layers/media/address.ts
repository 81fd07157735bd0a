/** What an agent gave as the place of a file, and which addresses may be fetched. */
import { Data, Option } from "effect"

/** A place of a file: a path, a `file:` address, an http(s) address, or neither. */
export type Source = Data.TaggedEnum<{
  readonly File: { readonly path: string }
  readonly FileUrl: { readonly url: URL }
  readonly Address: { readonly url: URL }
  readonly Bad: { readonly detail: string | undefined }
}>
export const Source = Data.taggedEnum<Source>()

/** Signed addresses are seldom longer. */
const MAX_LENGTH = 8192
/** No system has longer paths, in bytes. */
const MAX_PATH_BYTES = 4096
const MAX_SHOWN = 300

const parsed = (text: string, base?: URL): URL | undefined =>
  URL.canParse(text, base?.href) ? new URL(text, base) : undefined

/** Why an address must not be fetched, whoever its host is. */
const problemOf = (url: URL): string | undefined =>
  url.protocol !== "http:" && url.protocol !== "https:"
    ? `the scheme is ${url.protocol}`
    : url.username !== "" || url.password !== ""
      ? "it carries credentials"
      : undefined

const judged = (url: URL): Source => {
  const detail = problemOf(url)
  return detail === undefined ? Source.Address({ url }) : Source.Bad({ detail })
}

/** Sorts what an agent gave. Only absolute paths are taken: the gateway's working folder means nothing to an agent. */
export const sourceOf = (text: string): Source => {
  if (text.length > MAX_LENGTH) return Source.Bad({ detail: `longer than ${MAX_LENGTH} characters` })
  if (text.includes("\0")) return Source.Bad({ detail: "it contains a zero byte" })
  if (text.startsWith("/")) {
    return Buffer.byteLength(text) > MAX_PATH_BYTES
      ? Source.Bad({ detail: `longer than ${MAX_PATH_BYTES} bytes` })
      : Source.File({ path: text })
  }
  const url = parsed(text)
  if (url === undefined) return Source.Bad({ detail: undefined })
  return url.protocol === "file:" ? Source.FileUrl({ url }) : judged(url)
}

/** Where a redirect leads: as `sourceOf`, but never to a file of this machine. */
export const redirectTarget = (from: URL, location: string): Source => {
  const url = parsed(location, from)
  return url === undefined ? Source.Bad({ detail: "it is no address" }) : judged(url)
}

const bare = (text: string): string => {
  if (text.startsWith("/")) return text
  const url = parsed(text)
  if (url !== undefined) return `${url.protocol}${url.host === "" ? "" : `//${url.host}`}${url.pathname}`
  // What is no address may still hold a password, and nothing tells where it ends.
  return text.replace(/:\/\/.*$/su, "://…").replace(/[?#].*$/su, "")
}

/** An address or path as errors and logs may show it: without credentials, query and fragment, and not endless. */
export const shown = (text: string): string => {
  const line = bare(text.slice(0, MAX_LENGTH)).replace(/\p{Cc}/gu, "\ufffd")
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line
}

/** One form for every spelling of a host: case, IDN, the shorthands of numeric addresses, a dot at the end. */
const canonicalHost = (host: string): string =>
  (parsed(`http://${host}`)?.hostname ?? host.toLowerCase()).replace(/\.$/u, "")

const HOST_PATTERN = /^(?<subdomains>\*\.)?(?<host>\[.+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/u
const BARE_IPV6 = /^[^[\]]*:[^[\]]*:[^[\]]*$/u

/**
 * Whether `mediaHosts` names the host of an address: `host`, `host:port`, either with a leading `*.` for all
 * below it. A pattern without a port means every port.
 */
export const isAllowedHost = (mediaHosts: ReadonlyArray<string>, url: URL): boolean => {
  const host = canonicalHost(url.hostname)
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port
  return mediaHosts.some((text) => {
    const pattern = text.trim()
    const parts = HOST_PATTERN.exec(BARE_IPV6.test(pattern) ? `[${pattern}]` : pattern)?.groups
    if (parts === undefined) return false
    const named = canonicalHost(parts.host ?? "")
    const isHost = parts.subdomains === undefined ? host === named : host.endsWith(`.${named}`)
    return isHost && (parts.port === undefined || Number(parts.port) === Number(port))
  })
}

const decoded = Option.liftThrowable(decodeURIComponent)

const FILENAME_UTF8 = /;\s*filename\*\s*=\s*utf-8''([^;\s]+)/iu
const FILENAME = /;\s*filename\s*=\s*(?:"([^"\\]*)"|([^\s;"]+))/iu

/** Servers may send a path; its last part is the name. */
const FOLDERS = /^.*[/\\]/su

/** The name that an answer has: from its content-disposition where that is simple, else from its address. */
export const nameOf = (url: URL, disposition: string = ""): string => {
  const plain = FILENAME.exec(disposition)
  const inPath = url.pathname.slice(url.pathname.lastIndexOf("/") + 1)
  const names = [
    Option.getOrUndefined(decoded(FILENAME_UTF8.exec(disposition)?.[1] ?? "")),
    plain?.[1] ?? plain?.[2],
    Option.getOrElse(decoded(inPath), () => inPath)
  ]
  return (
    names.map((name) => name?.replace(FOLDERS, "")).find((name) => name !== undefined && name !== "") ??
    "file"
  )
}
