/** What is wanted of the chats of an account that another host runs, and a restart of it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Schedule, Scope, Stream } from "effect"
import { makeCluster } from "../../support/twoHosts.ts"

const CHAT = { _tag: "ChatId", chatId: 7 } as const

type Cluster = Effect.Effect.Success<ReturnType<typeof makeCluster>>

/** The chats of the studio's account, as its own host has them, once they are like this. */
const untilChats = (
  { studio }: Cluster,
  isSo: (chats: Effect.Effect.Success<ReturnType<Cluster["studio"]["presence"]["chats"]>>) => boolean
) =>
  studio.presence
    .chats("studio")
    .pipe(Effect.filterOrFail(isSo), Effect.retry(Schedule.spaced("10 millis")), Effect.timeout("5 seconds"))

describe("presence on another host", () => {
  it.scopedLive("shows that somebody writes until the turn is over", () =>
    Effect.gen(function* () {
      const cluster = yield* makeCluster()
      const { presence } = cluster.server
      const turn = yield* Scope.make()
      yield* Scope.extend(presence.typing("studio", CHAT), turn)
      const [first] = yield* untilChats(cluster, (chats) => chats[0]?.turns === 1)
      expect(first?.chat).toEqual(CHAT)
      yield* Scope.close(turn, Exit.void)
      yield* untilChats(cluster, (chats) => chats.every(({ turns }) => turns === 0))
      // Nothing of it is wanted of the host that only asks.
      expect(yield* presence.chats("studio")).toEqual([])
    })
  )

  it.scopedLive("tells whether somebody is seen writing", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      expect(yield* server.presence.isShown("studio", CHAT)).toBe(false)
      yield* studio.presence.called("studio", CHAT, "typing")
      yield* studio.presence.shown("studio", CHAT)
      expect(yield* server.presence.isShown("studio", CHAT)).toBe(true)
    })
  )

  it.scopedLive("marks what was read", () =>
    Effect.gen(function* () {
      const cluster = yield* makeCluster()
      yield* cluster.server.presence.read("studio", CHAT)
      yield* untilChats(cluster, ([one]) => one?.unreadSince !== undefined)
    })
  )

  it.scopedLive("is waited for by nobody where its host does not answer", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      yield* studio.cut
      const all = Effect.all([
        Effect.scoped(server.presence.typing("studio", CHAT)),
        server.presence.read("studio", CHAT)
      ])
      yield* Effect.timeout(all, "1 second")
      expect(yield* server.presence.isShown("studio", CHAT)).toBe(false)
    })
  )

  it.scopedLive("stays in memory where the account is here", () =>
    Effect.gen(function* () {
      const { studio } = yield* makeCluster()
      yield* studio.presence
        .isShown("studio", CHAT)
        .pipe(
          Effect.zipRight(studio.hosts.isHere("studio")),
          Effect.repeat({ until: (isHere) => isHere, schedule: Schedule.spaced("10 millis") })
        )
      yield* Effect.scoped(
        Effect.zipRight(
          studio.presence.typing("studio", CHAT),
          Effect.map(studio.presence.chats("studio"), ([one]) => expect(one?.turns).toBe(1))
        )
      )
    })
  )
})

describe("a restart", () => {
  it.scopedLive(
    "is carried out by the host that runs the account, and fails where that does not answer",
    () =>
      Effect.gen(function* () {
        const { server, studio } = yield* makeCluster()
        const orders = yield* Effect.fork(Stream.runHead(Stream.drop(studio.accounts.restarts("studio"), 1)))
        yield* Effect.yieldNow()
        yield* server.accounts.restart("studio")
        yield* Effect.timeout(Fiber.join(orders), "2 seconds")
        yield* studio.cut
        expect(yield* Effect.flip(server.accounts.restart("studio"))).toMatchObject({
          _tag: "AccountNotRunning"
        })
      })
  )
})
