/** Leave that an owner gives on another host than the one whose agent asks for it. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Option, Stream, TestClock } from "effect"
import type { Database } from "../../../src/layers/database/Database.ts"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as PermissionsSql from "../../../src/layers/permissions/PermissionsSql.ts"
import * as LifecycleLive from "../../../src/layers/process/LifecycleLive.ts"
import * as TurnPermitsLive from "../../../src/layers/turns/TurnPermitsLive.ts"
import { type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"
import type { GatewayEvent } from "../../../src/schemas/GatewayEvent.ts"
import { Events } from "../../../src/services/Events.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Permissions } from "../../../src/services/Permissions.ts"
import { events } from "../../support/accounts.ts"
import { fixedConfig } from "../../support/configs.ts"
import { severalHosts, untilKilled } from "../../support/hosts.ts"
import { withPermissions } from "../../support/permissions.ts"
import { makeTurn } from "../../support/turns.ts"

const OWNER = "+15555550119"

const gateway = PermissionsSql.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(OutboxSql.layer, GroupChatsSql.layer, LifecycleLive.layer)),
  Layer.provideMerge(Layer.mergeAll(events, TurnPermitsLive.layer)),
  Layer.provideMerge(fixedConfig(withPermissions({ default: "ask" }, { owners: [OWNER] })))
)

/** Begins a gateway on a host, until the scope closes; `heard` is what happens on it from then on. */
const begin = (database: Layer.Layer<Database>) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Layer.fresh(Layer.provide(gateway, database)))
    const heard: Array<GatewayEvent> = []
    const listened = yield* Context.get(context, Events).listen
    yield* Effect.forkScoped(Stream.runForEach(listened, ({ event }) => Effect.sync(() => heard.push(event))))
    yield* TestClock.adjust(0)
    const { isAllowed, ...permissions } = Context.get(context, Permissions)
    return {
      ...permissions,
      heard,
      outbox: Context.get(context, Outbox),
      /** Begins to ask, and has everything done that comes before the answer. */
      ask: (turnId: string) =>
        Effect.gen(function* () {
          const turn = makeTurn({ id: turnId })
          const asking = yield* Effect.forkScoped(isAllowed({ turn, kind: "execute", title: "npm test" }))
          yield* TestClock.adjust(0)
          return asking
        })
    }
  })

const questionOf = (number: number) => ({
  accountId: "default",
  id: `owner:default:permission:${number}:${OWNER}`
})
const failedPart: PartRecord = {
  ...{ index: 0, part: { _tag: "Text", text: "a" }, tries: 1 },
  state: PartState.Failed({ detail: "refused" })
}

/** The host of the account is done with the question of the first request. */
const endQuestion = (outbox: Outbox["Type"]) =>
  Effect.flatMap(outbox.find(questionOf(1)), (found) => outbox.end(Option.getOrThrow(found)))
const STOPPED = Option.some("the request was refused: the gateway was stopped meanwhile")

const codeOf = ({ waiting }: Pick<Permissions["Type"], "waiting">) =>
  Effect.map(waiting, ([first]) => first?.code ?? "")

const decided = ({ heard }: { readonly heard: ReadonlyArray<GatewayEvent> }) =>
  heard.filter(({ _tag }) => _tag === "PermissionDecided")

describe("a request that waits on one host", () => {
  it.scoped.each([true, false])("is decided on another, and both tell of it once: %s", (allowed) =>
    Effect.gen(function* () {
      const { host } = yield* severalHosts
      const [here, there] = [yield* begin(host), yield* begin(host)]
      const asking = yield* here.ask("turn")
      const code = yield* codeOf(there)
      expect(yield* there.decide(code, allowed)).toMatchObject({ number: 1, decided: { allowed } })
      yield* TestClock.adjust(0)
      expect(yield* Fiber.join(asking)).toBe(allowed)
      for (const each of [here, there]) {
        expect(decided(each)).toMatchObject([{ number: 1, allowed, reason: "owner" }])
        expect(yield* Effect.flip(each.decide(code, true))).toMatchObject({ code: "permission_not_found" })
      }
    })
  )

  it.scoped("is decided where it waits, and is told of once, though this host is told of it as well", () =>
    Effect.gen(function* () {
      const { host } = yield* severalHosts
      const here = yield* begin(host)
      const asking = yield* here.ask("turn")
      yield* here.decide(yield* codeOf(here), true)
      expect(yield* Fiber.join(asking)).toBe(true)
      yield* TestClock.adjust("10 seconds")
      expect(decided(here)).toHaveLength(1)
    })
  )

  it.scoped("is answered within seconds where its host is not told", () =>
    Effect.gen(function* () {
      const { deaf, host } = yield* severalHosts
      const [here, there] = [yield* begin(deaf), yield* begin(host)]
      const asking = yield* here.ask("turn")
      yield* there.decide(yield* codeOf(there), true)
      yield* TestClock.adjust(0)
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      yield* TestClock.adjust("3 seconds")
      expect(yield* Fiber.join(asking)).toBe(true)
    })
  )

  it.scoped("is answered at once where its host may have missed something", () =>
    Effect.gen(function* () {
      const { deaf, host, tellEverybody } = yield* severalHosts
      const [here, there] = [yield* begin(host), yield* begin(deaf)]
      const asking = yield* here.ask("turn")
      yield* there.ask("another turn")
      yield* tellEverybody({ topic: "outbox", of: "" })
      yield* tellEverybody({ topic: "permissions", of: "2" })
      yield* TestClock.adjust(0)
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      yield* there.decide(yield* codeOf(there), true)
      yield* tellEverybody({ topic: "permissions", of: "" })
      yield* TestClock.adjust(0)
      expect(yield* Fiber.join(asking)).toBe(true)
    })
  )

  it.scoped("is refused when its time is over, also where an owner allows it later on another", () =>
    Effect.gen(function* () {
      const { deaf, host } = yield* severalHosts
      const [here, there] = [yield* begin(deaf), yield* begin(host)]
      const asking = yield* here.ask("turn")
      const code = yield* codeOf(there)
      yield* TestClock.adjust("10 minutes")
      expect(yield* Fiber.join(asking)).toBe(false)
      expect(yield* Effect.flip(there.decide(code, true))).toMatchObject({ code: "permission_not_found" })
    })
  )

  it.scoped("is not closed by another that begins, but where nobody can wait for it any more", () =>
    Effect.gen(function* () {
      const { host } = yield* severalHosts
      const { database, kill } = untilKilled(host)
      const [here, gone] = [yield* begin(host), yield* begin(database)]
      const asking = yield* gone.ask("turn")
      yield* TestClock.adjust("5 minutes")
      yield* here.ask("another turn")
      expect(yield* (yield* begin(host)).waiting).toMatchObject([{ number: 1 }, { number: 2 }])
      yield* kill
      yield* TestClock.adjust("5 minutes")
      expect(yield* Fiber.join(asking)).toBe(false)
      const next = yield* begin(host)
      expect(yield* next.waiting).toMatchObject([{ number: 2 }])
      expect(yield* next.decided(1)).toMatchObject([{ number: 1, decided: { reason: "restart" } }])
      expect((yield* next.outbox.standing(questionOf(1))).withdrawn).toEqual(STOPPED)
    })
  )

  it.scoped("is closed once its turn goes on elsewhere, and others of that turn are not", () =>
    Effect.gen(function* () {
      const { host } = yield* severalHosts
      const [lost, here] = [yield* begin(host), yield* begin(host)]
      const before = yield* lost.ask("turn")
      const other = yield* lost.ask("another turn")
      yield* here.ask("turn")
      yield* here.ask("turn")
      expect((yield* here.waiting).map(({ number }) => number)).toEqual([2, 3, 4])
      yield* TestClock.adjust("3 seconds")
      expect(yield* Fiber.join(before)).toBe(false)
      expect(yield* Fiber.poll(other)).toEqual(Option.none())
      expect((yield* here.outbox.standing(questionOf(1))).withdrawn).toEqual(STOPPED)
    })
  )

  it.scoped.each([
    ["hears of it", "failed", true],
    ["may have missed it", "failed", false],
    ["hears of it", "too old", true]
  ] as const)("is refused where its question reached nobody and its host %s: %s", ([, how, hears]) =>
    Effect.gen(function* () {
      const { deaf, host } = yield* severalHosts
      const [here, there] = [yield* begin(hears ? host : deaf), yield* begin(host)]
      const asking = yield* here.ask("turn")
      if (how === "failed") {
        yield* there.outbox.putParts(questionOf(1), [failedPart])
      }
      yield* endQuestion(there.outbox)
      yield* TestClock.adjust(hears ? 0 : "2 seconds")
      expect(yield* Fiber.join(asking)).toBe(false)
      expect(decided(here)).toMatchObject([{ number: 1, allowed: false, reason: "undelivered" }])
    })
  )

  it.scoped("waits on where its question was said on another", () =>
    Effect.gen(function* () {
      const { host } = yield* severalHosts
      const [here, there] = [yield* begin(host), yield* begin(host)]
      const asking = yield* here.ask("turn")
      yield* there.outbox.putParts(questionOf(1), [
        { ...failedPart, state: PartState.Sent({ guid: "g", rowId: 1 }) }
      ])
      yield* endQuestion(there.outbox)
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      yield* there.decide(yield* codeOf(there), true)
      yield* TestClock.adjust(0)
      expect(yield* Fiber.join(asking)).toBe(true)
    })
  )
})
