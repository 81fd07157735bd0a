/** What happens on the other hosts, heard for as long as anybody here listens: each is followed once for all of them. */
import { Effect, FiberMap, RcMap, Schedule, type Scope } from "effect"
import type { Cluster, HostEvent } from "../../services/Hosts.ts"
import * as broadcast from "../events/broadcast.ts"
import type { FollowHost } from "./hostEvents.ts"

/** Events that a listener may be behind. */
const BEHIND = 1024
/** How often is looked which hosts there are. */
const LOOK_EVERY = "5 seconds"
/** A page that is loaded anew finds the connections of before. */
const KEPT_FOR = "10 seconds"

/** Follows every host that is up, until the scope closes. */
const followAll = (
  { all, here }: Pick<Cluster, "all" | "here">,
  follow: FollowHost,
  tell: (event: HostEvent) => void
) =>
  Effect.gen(function* () {
    const followed = yield* FiberMap.make<string>()
    const look = Effect.gen(function* () {
      const hosts = (yield* all).filter(({ name, state }) => name !== here && state === "up")
      // One that moved to another address is another one to follow.
      const wanted = new Map(hosts.map((host) => [`${host.name} ${host.address}`, host]))
      for (const [key] of followed) if (!wanted.has(key)) yield* FiberMap.remove(followed, key)
      for (const [key, host] of wanted) {
        yield* FiberMap.run(
          followed,
          key,
          Effect.interruptible(follow(host, (event) => tell({ ...event, host: host.name }))),
          { onlyIfMissing: true }
        )
      }
    })
    // Whoever cannot be found out about now is followed later.
    yield* Effect.forkScoped(
      Effect.interruptible(Effect.repeat(Effect.ignore(look), Schedule.spaced(LOOK_EVERY)))
    )
  })

/** The function by which a listener hears of what happens on the other hosts from now on. */
export const followHosts = (
  cluster: Pick<Cluster, "all" | "here">,
  follow: (options: { readonly bodies: boolean }) => FollowHost
): Effect.Effect<Cluster["listen"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const followers = yield* RcMap.make({
      lookup: (bodies: boolean) =>
        Effect.gen(function* () {
          const { listen, tell } = broadcast.make<HostEvent>(BEHIND)
          yield* followAll(cluster, follow({ bodies }), tell)
          return listen
        }),
      idleTimeToLive: KEPT_FOR
    })
    return ({ bodies }) => Effect.flatten(RcMap.get(followers, bodies))
  })
