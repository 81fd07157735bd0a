import { expect, it } from "@effect/vitest"
import { Effect, Logger, Ref, TestClock } from "effect"
import { HostUnanswered, REFUSED } from "../../../src/layers/cluster/hostEvents.ts"
import { meetHosts } from "../../../src/layers/cluster/meetHosts.ts"
import type { Host, HostState } from "../../../src/services/Hosts.ts"

const host = (name: string, state: HostState, pid = 1): Host => ({
  ...{ name, state, address: `${name}:7300`, version: "1.0.0", pid },
  ...{ startedAt: 0, seenAt: 0, clockBehindMs: 0 }
})

it.scoped("asks each host that appears once, and says once which does not answer as it should", () =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const asked: Array<string> = []
    const hosts = yield* Ref.make([host("server", "here"), host("studio", "up"), host("lost", "silent")])
    const answers: Readonly<Record<string, Effect.Effect<{ name: string }, HostUnanswered>>> = {
      "studio:7300": Effect.succeed({ name: "studio" }),
      "other:7300": new HostUnanswered({ detail: REFUSED }),
      "far:7300": new HostUnanswered({ detail: "ECONNREFUSED" }),
      "twin:7300": Effect.succeed({ name: "studio" })
    }
    const ask = (address: string) =>
      Effect.zipRight(
        Effect.sync(() => asked.push(address)),
        answers[address] ?? Effect.dieMessage("nobody")
      )
    const logger = Logger.make<unknown, void>(({ message }) => void lines.push(String(message)))
    yield* meetHosts({ here: "server", all: Ref.get(hosts) }, ask).pipe(
      Effect.provide(Logger.replace(Logger.defaultLogger, logger))
    )
    yield* TestClock.adjust("1 minute")
    expect(asked).toEqual(["studio:7300"])
    yield* Ref.update(hosts, (before) => [
      ...before,
      ...[host("other", "up"), host("far", "up"), host("twin", "up")]
    ])
    yield* TestClock.adjust("2 minutes")
    expect(asked.filter((address) => address === "other:7300")).toHaveLength(1)
    expect(asked.filter((address) => address === "far:7300")).toHaveLength(3)
    expect([...lines].sort()).toEqual([
      "the host far (far:7300) is not reached: ECONNREFUSED",
      "the host other (other:7300) does not take the secret of this one: cluster.secret differs",
      "the host twin (twin:7300) is called studio where it answers"
    ])
    yield* Ref.set(hosts, [host("studio", "up", 2)])
    yield* TestClock.adjust("1 minute")
    expect(asked.filter((address) => address === "studio:7300")).toHaveLength(2)
  })
)
