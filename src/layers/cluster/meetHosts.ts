/**
 * Whether the other hosts answer this one. Each that appears is asked once, and where it does not take the secret, or is not
 * reached, that is said once: messages come and go all the same, and what is only asked would fail without a word.
 */
import { Effect, Layer, Option, type Redacted, Schedule, type Scope } from "effect"
import { type Cluster, type Host, Hosts } from "../../services/Hosts.ts"
import { askHost, type HostUnanswered, REFUSED } from "./hostEvents.ts"

/** How often is looked which hosts there are. */
const LOOK_EVERY = "10 seconds"
/** One that has just said that it is there may not listen yet, nor may it where it is reached by a slow network. */
const AGAIN = Schedule.intersect(Schedule.spaced("5 seconds"), Schedule.recurs(2))

/** Who answers at an address. */
type Ask = (address: string) => Effect.Effect<{ readonly name: string }, HostUnanswered>

/** One that was started anew, or that moved, is another one to meet. */
const keyOf = ({ address, name, pid }: Host): string => `${name} ${address} ${pid}`

const FOR_SECRET =
  "Give both hosts the same cluster.secret and start them anew. Until then neither shows what happens on the other, nor gets its files."
const FOR_NETWORK =
  "Check cluster.address of that host, the network and the firewall between the hosts: `imsg-gateway doctor` asks again. Messages come and go meanwhile, files of the other host and what its page shows do not."
const FOR_ADDRESS = "Give each host an address of its own: cluster.address."

const warn = (host: Host, what: string, hint: string) =>
  Effect.logWarning(`the host ${host.name} (${host.address}) ${what}`).pipe(Effect.annotateLogs({ hint }))

/** Asks a host who it is, and says what is wrong with the answer. */
const meet = (host: Host, ask: Ask): Effect.Effect<void> =>
  ask(host.address).pipe(
    Effect.retry({ schedule: AGAIN, while: ({ detail }) => detail !== REFUSED }),
    Effect.matchEffect({
      onFailure: ({ detail }) =>
        detail === REFUSED
          ? warn(host, "does not take the secret of this one: cluster.secret differs", FOR_SECRET)
          : warn(host, `is not reached: ${detail}`, FOR_NETWORK),
      onSuccess: ({ name }) =>
        name === host.name ? Effect.void : warn(host, `is called ${name} where it answers`, FOR_ADDRESS)
    })
  )

/** Meets every host that is up, now and later, until the scope closes. */
export const meetHosts = (
  { all, here }: Pick<Cluster, "all" | "here">,
  ask: Ask
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    let known: ReadonlySet<string> = new Set()
    const look = Effect.gen(function* () {
      const hosts = (yield* all).filter(({ name, state }) => name !== here && state === "up")
      const strangers = hosts.filter((host) => !known.has(keyOf(host)))
      known = new Set(hosts.map(keyOf))
      yield* Effect.forEach(strangers, (host) => meet(host, ask), { concurrency: "unbounded", discard: true })
    })
    // Who cannot be found out about now is met later.
    yield* Effect.forkScoped(
      Effect.interruptible(Effect.repeat(Effect.ignore(look), Schedule.spaced(LOOK_EVERY)))
    )
  })

export const layer = (secret: Redacted.Redacted<string>): Layer.Layer<never> =>
  Layer.scopedDiscard(
    Effect.flatMap(
      Hosts,
      Option.match({
        onNone: () => Effect.void,
        onSome: (cluster) =>
          meetHosts(cluster, (address) => Effect.map(askHost(address, secret), ({ reply }) => reply))
      })
    )
  )
