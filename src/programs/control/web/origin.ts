/** Whether a request was made by the gateway's own page, under a name of its own. All decisions are pure. */
import { isIP } from "node:net"

/** Headers of a request, in lower case. */
export interface Told {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`; browsers leave it out where the address is neither loopback nor HTTPS. */
  readonly fetchSite: string | undefined
}

const AUTHORITY = /^[^\s/?#@\\]+$/u

/** The name in a Host header as browsers read it, without port and brackets; undefined where it is none. */
const nameOf = (host: string): string | undefined => {
  if (!AUTHORITY.test(host) || !URL.canParse(`http://${host}`)) return undefined
  return new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/u, "$1")
}

/** Whether a name or an address stays on this machine. */
export const isLoopback = (host: string): boolean => {
  const name = host.toLowerCase()
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."))
}

/** Listening there is listening on every address of the machine. */
const isEveryAddress = (host: string): boolean => host === "0.0.0.0" || host === "::"

/**
 * Whether the server goes by the name that it was asked under. A name that somebody else can point at this machine
 * would make their page ours (DNS rebinding), so only loopback and the configured host count. Where the server
 * listens everywhere, so do plain addresses: nobody can rebind those.
 */
export const isOwnName = (host: string | undefined, configured: string): boolean => {
  const name = host === undefined ? undefined : nameOf(host)
  if (name === undefined) return false
  if (isLoopback(name) || name === nameOf(isIP(configured) === 6 ? `[${configured}]` : configured))
    return true
  return isEveryAddress(configured) && isIP(name) !== 0
}

const isSafe = (method: string): boolean => method === "GET" || method === "HEAD"

const isOwnOrigin = (origin: string, host: string | undefined): boolean => {
  if (host === undefined || !URL.canParse(origin)) return false
  const { host: asked, protocol } = new URL(origin)
  // A tunnel may speak HTTPS to the browser and HTTP to us.
  return (protocol === "http:" || protocol === "https:") && asked === host.toLowerCase()
}

/** Whether a request says nothing of any page, as browsers do with all that changes something: a program has made it. */
export const isProgram = ({ fetchSite, origin }: Told): boolean =>
  origin === undefined && fetchSite === undefined

/**
 * Whether the request may have been made by the gateway's own page. `explicit` is true where it carries the token
 * itself: no foreign page can add that, so a program needs to say nothing of where it comes from.
 */
export const isOwnPage = (
  { fetchSite, host, method, origin }: Told,
  { explicit }: { readonly explicit: boolean }
): boolean => {
  if (origin !== undefined && !isOwnOrigin(origin, host)) return false
  if (fetchSite !== undefined) return fetchSite === "same-origin" || (isSafe(method) && fetchSite === "none")
  return origin !== undefined || isSafe(method) || explicit
}
