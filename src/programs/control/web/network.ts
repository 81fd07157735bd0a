/** Where a request comes from, as its limits count it. */
import { isIP } from "node:net"

/** The hextets of an IPv6 address that somebody's provider decides; the rest is theirs to choose. */
const PREFIX = 4

/** The first hextets of an address of IPv6, written out. */
const prefixOf = (address: string): string => {
  const [before = "", after] = address.split("::")
  const head = before.split(":").filter((part) => part !== "")
  const tail = (after ?? "").split(":").filter((part) => part !== "")
  const zeros = after === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => "0")
  return [...head, ...zeros, ...tail]
    .slice(0, PREFIX)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(":")
}

/** One address of IPv4; a network of 64 bits of IPv6, in which one host has as many addresses as it likes. */
export const networkOf = (address: string): string => {
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/u, "")
    .replace(/%.*$/u, "")
  return isIP(plain) === 6 ? `${prefixOf(plain)}::/64` : plain
}
