/** Whether somebody listens at an address: a connection is made and closed, and nothing is said. */
import { connect } from "node:net"
import { Data, Effect, Predicate } from "effect"

export type Reached = Data.TaggedEnum<{
  Listening: { readonly host: string; readonly port: number }
  /** `detail` is what the system calls it, such as `ECONNREFUSED`. */
  Unreachable: { readonly detail: string }
}>
export const Reached = Data.taggedEnum<Reached>()

const portOf = ({ port, protocol }: URL): number =>
  port !== "" ? Number(port) : protocol === "https:" ? 443 : 80

const codeOf = (error: unknown): string =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : "no connection"

/** Asks for a connection, for a time in ms. `url` is an http(s) address. */
export const reach = (url: string, withinMs: number): Effect.Effect<Reached> =>
  Effect.async<Reached>((resume) => {
    const address = new URL(url)
    const host = address.hostname.replace(/^\[|\]$/gu, "")
    const port = portOf(address)
    const socket = connect({ host, port })
    socket.once("connect", () => resume(Effect.succeed(Reached.Listening({ host, port }))))
    socket.on("error", (error) => resume(Effect.succeed(Reached.Unreachable({ detail: codeOf(error) }))))
    return Effect.sync(() => socket.destroy())
  }).pipe(
    Effect.timeoutTo({
      duration: withinMs,
      onSuccess: (reached) => reached,
      onTimeout: () => Reached.Unreachable({ detail: `no connection within ${withinMs} ms` })
    })
  )
