/** Leave that agents ask for, over a real store. */
import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Stream } from "effect"
import * as AuditSql from "../../../src/layers/audit/AuditSql.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as PermissionsSql from "../../../src/layers/permissions/PermissionsSql.ts"
import * as LifecycleLive from "../../../src/layers/process/LifecycleLive.ts"
import * as TurnPermitsLive from "../../../src/layers/turns/TurnPermitsLive.ts"
import * as FairSemaphore from "../../../src/programs/effects/FairSemaphore.ts"
import type { PermissionsConfig } from "../../../src/schemas/config/permissions.ts"
import type { Delivery } from "../../../src/schemas/Delivery.ts"
import { Audit, OnBehalfOf } from "../../../src/services/Audit.ts"
import { Events } from "../../../src/services/Events.ts"
import { Lifecycle } from "../../../src/services/Lifecycle.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Permissions, type Wanted } from "../../../src/services/Permissions.ts"
import { TurnPermits } from "../../../src/services/TurnPermits.ts"
import { events } from "../../support/accounts.ts"
import { type ConfigFileContent, fixedConfig } from "../../support/configs.ts"
import { database, describe, pass, refuse } from "../../support/databases.ts"
import { ALICE, asTurnMessage, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { untilKilled } from "../../support/hosts.ts"
import { withPermissions } from "../../support/permissions.ts"
import { makeTurn } from "../../support/turns.ts"

const OWNER = "+15555550119"
const SECOND = "+15555550120"

const on = (said: Partial<PermissionsConfig>, partial: ConfigFileContent = {}) =>
  PermissionsSql.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(OutboxSql.layer, GroupChatsSql.layer, AuditSql.layer, LifecycleLive.layer)
    ),
    Layer.provideMerge(Layer.mergeAll(events, TurnPermitsLive.layer)),
    Layer.provideMerge(fixedConfig(withPermissions(said, partial)))
  )

const asking = (partial: ConfigFileContent = {}) =>
  Layer.provideMerge(on({ default: "ask" }, { owners: [OWNER], ...partial }), database)

const asks = on({ default: "ask" }, { owners: [OWNER] })

const wanted = (partial: Partial<Wanted> = {}): Wanted => ({
  turn: makeTurn(),
  kind: "execute",
  title: "npm test",
  ...partial
})

/** Begins to ask, and has everything done that comes before the answer. */
const begin = (what: Wanted = wanted()) =>
  Effect.gen(function* () {
    const { isAllowed } = yield* Permissions
    const fiber = yield* Effect.fork(isAllowed(what))
    yield* pass(0)
    return fiber
  })

const waiting = Effect.flatMap(Permissions, (permissions) => permissions.waiting)
const lastDecided = Effect.flatMap(Permissions, ({ decided }) => Effect.map(decided(1), ([last]) => last))

const decideAs = (known: string, allowed: boolean) =>
  Effect.flatMap(Permissions, ({ decide }) => decide(known, allowed))

/** The code of the only request that waits. */
const code = Effect.map(waiting, ([only]) => only?.code ?? "")

/** What waits to be sent. */
const questions = Effect.flatMap(Outbox, ({ find, waiting }) =>
  Effect.flatMap(waiting(100), (all) =>
    Effect.forEach(all, (each) =>
      Effect.map(find(each), (found): Delivery | undefined => Option.getOrUndefined(found)?.delivery)
    )
  )
).pipe(Effect.map((all) => all.flatMap((delivery) => delivery ?? [])))

/** Why the questions of a request are not sent any more. */
const withdrawals = Effect.flatMap(Outbox, ({ standing }) =>
  Effect.flatMap(questions, (all) =>
    Effect.forEach(all, (each) => Effect.map(standing(each), ({ withdrawn }) => withdrawn))
  )
)

/** What happens from now on. */
const heard = Effect.gen(function* () {
  const stream = yield* (yield* Events).listen
  const all: Array<unknown> = []
  yield* Effect.forkScoped(Stream.runForEach(stream, ({ event }) => Effect.sync(() => all.push(event))))
  yield* Effect.yieldNow()
  return all
})

describe("a request that the config answers", () => {
  it.scoped("is answered at once, written down and told", () =>
    Effect.gen(function* () {
      const all = yield* heard
      const { decided, isAllowed, waiting } = yield* Permissions
      expect(yield* isAllowed(wanted({ kind: "read", title: "a\nfile" }))).toBe(true)
      expect(yield* isAllowed(wanted())).toBe(false)
      expect(yield* waiting).toEqual([])
      expect(yield* decided(10)).toMatchObject([
        { number: 2, code: null, kind: "execute", decided: { allowed: false, reason: "default", by: null } },
        { number: 1, title: "a file", chat: "chat_id:7", decided: { allowed: true, reason: "rule" } }
      ])
      yield* pass(0)
      expect(all).toMatchObject([
        { _tag: "PermissionDecided", number: 1, allowed: true },
        { _tag: "PermissionDecided", number: 2, allowed: false }
      ])
      expect(yield* questions).toEqual([])
    }).pipe(
      Effect.provide(
        Layer.provideMerge(on({ rules: [{ kind: "read", action: "allow" }] }, { owners: [OWNER] }), database)
      )
    )
  )

  it.effect.each([
    ["a group", makeTurn({ isGroup: true })],
    [
      "a chat that others see",
      makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ participantCount: 3 }))] })
    ]
  ] as const)("is refused in %s, of which the config says nothing", ([, turn]) =>
    Effect.gen(function* () {
      const { isAllowed } = yield* Permissions
      expect(yield* isAllowed(wanted({ turn }))).toBe(false)
    }).pipe(Effect.provide(Layer.provideMerge(on({ default: "allow" }), database)))
  )
})

describe("a request that owners are asked about", () => {
  it.scoped(
    "is told to each of them alone, by iMessage, from the account of the turn, until its time is over",
    () =>
      Effect.gen(function* () {
        const all = yield* heard
        const fiber = yield* begin(wanted({ title: 'npm test” for you. /allow AAAA "now\nplease' }))
        const known = yield* code
        expect(known).toMatch(/^[A-Z2-9]{8}$/u)
        const text = `main wants to run a command: “npm test' for you. /allow AAAA 'now please”, for ${ALICE}.\nSay /allow ${known} or /deny ${known} within 10 minutes.`
        expect(yield* questions).toEqual(
          [OWNER, BOB].map((owner) => ({
            id: `owner:default:permission:1:${owner}`,
            accountId: "default",
            target: { _tag: "Handle", handle: owner, service: "imessage" },
            replies: [{ text }],
            expiresAt: 600_000
          }))
        )
        expect(all).toMatchObject([{ _tag: "PermissionAsked", number: 1, kind: "execute" }])
        expect(JSON.stringify(all)).not.toContain(known)
        yield* Fiber.interrupt(fiber)
      }).pipe(Effect.provide(asking({ owners: [OWNER, BOB, SECOND], people: { boss: [OWNER, SECOND] } })))
  )

  it.effect("says how else it is answered where commands in chats are off", () =>
    Effect.gen(function* () {
      yield* begin()
      const [question] = yield* questions
      expect(question?.replies[0]?.text).toContain(
        `Commands in chats are off: answer on the web page, or by imsg-gateway permissions allow ${yield* code}`
      )
    }).pipe(Effect.provide(asking({ messages: { commands: false } })))
  )

  it.scoped.each([true, false])("is decided by the code, once, in any case: %s", (allowed) =>
    Effect.gen(function* () {
      const all = yield* heard
      const { decide } = yield* Permissions
      const fiber = yield* begin()
      const known = yield* code
      const by = { _tag: "Chat", accountId: "default", handle: OWNER } as const
      const record = yield* Effect.provideService(decide(` ${known.toLowerCase()} `, allowed), OnBehalfOf, by)
      expect(record).toMatchObject({
        code: null,
        decided: { allowed, reason: "owner", by: `${OWNER}, in a chat of default` }
      })
      expect(yield* Fiber.join(fiber)).toBe(allowed)
      expect(yield* Effect.flip(decide(known, true))).toMatchObject({ code: "permission_not_found" })
      expect(yield* lastDecided).toEqual(record)
      expect(yield* (yield* Audit).entries({ limit: 10 })).toMatchObject([
        { by, event: { _tag: "PermissionDecided", number: 1, agentId: "main", kind: "execute", allowed } }
      ])
      yield* pass(0)
      expect(all).toMatchObject([
        { _tag: "PermissionAsked" },
        { _tag: "PermissionDecided", number: 1, allowed, reason: "owner" }
      ])
    }).pipe(Effect.provide(asking()))
  )

  it.effect("is decided by no other code, and by that of another request only for that", () =>
    Effect.gen(function* () {
      const { decide } = yield* Permissions
      const first = yield* begin(wanted({ title: "first" }))
      const second = yield* begin(wanted({ title: "second" }))
      const [one, other] = yield* waiting
      expect(one?.code).not.toBe(other?.code)
      yield* Effect.flip(decide("AAAAAAAA", true))
      yield* decide(other?.code ?? "", true)
      expect(yield* Fiber.join(second)).toBe(true)
      expect(yield* Fiber.poll(first)).toEqual(Option.none())
      yield* Fiber.interrupt(first)
    }).pipe(Effect.provide(asking()))
  )

  it.effect("is refused when its time is over", () =>
    Effect.gen(function* () {
      const { decide } = yield* Permissions
      const fiber = yield* begin()
      const known = yield* code
      yield* pass("599 seconds")
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* pass("1 seconds")
      expect(yield* Fiber.join(fiber)).toBe(false)
      expect(yield* lastDecided).toMatchObject({ decided: { allowed: false, reason: "time", at: 600_000 } })
      expect(yield* Effect.flip(decide(known, true))).toMatchObject({ code: "permission_not_found" })
    }).pipe(Effect.provide(asking()))
  )

  it.effect("is refused where the turn is stopped, and cannot be decided any more", () =>
    Effect.gen(function* () {
      const { decide } = yield* Permissions
      const fiber = yield* begin()
      const known = yield* code
      yield* Fiber.interrupt(fiber)
      expect(yield* waiting).toEqual([])
      expect(yield* lastDecided).toMatchObject({ decided: { allowed: false, reason: "stopped" } })
      expect(yield* Effect.flip(decide(known, true))).toMatchObject({ code: "permission_not_found" })
    }).pipe(Effect.provide(asking()))
  )

  it.effect("is closed where the turn is stopped while it is written, and takes no place from others", () =>
    Effect.gen(function* () {
      const { isAllowed } = yield* Permissions
      for (let n = 0; n < 20; n++) {
        const fiber = yield* Effect.fork(isAllowed(wanted()))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(fiber)
      }
      expect(yield* waiting).toEqual([])
      expect(yield* lastDecided).toMatchObject({ decided: { allowed: false, reason: "stopped" } })
      expect(yield* questions).toEqual([])
      const next = yield* begin()
      expect(yield* waiting).toHaveLength(1)
      yield* Fiber.interrupt(next)
    }).pipe(Effect.provide(asking()))
  )

  it.effect("takes no place from others once its time is over, also where that could not be written", () =>
    Effect.gen(function* () {
      yield* Effect.forEach([1, 2, 3], () => begin())
      const takeAgain = yield* refuse({ table: "permissions", moment: "BEFORE UPDATE" })
      yield* pass("10 minutes")
      yield* takeAgain
      const next = yield* begin()
      expect(yield* waiting).toMatchObject([{ number: 4 }])
      yield* Fiber.interrupt(next)
    }).pipe(Effect.provide(asking()))
  )

  it.effect("is refused at once where the gateway is stopped, which waits for no owner", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      const { isAllowed } = yield* Permissions
      const fiber = yield* Effect.fork(work(isAllowed(wanted())))
      yield* pass(0)
      expect(yield* stop(15_000)).toBe(true)
      expect(yield* Fiber.join(fiber)).toBe(false)
      expect(yield* lastDecided).toMatchObject({ decided: { reason: "restart" } })
    }).pipe(Effect.provide(asking()))
  )

  it.effect(
    "that a gateway left which is gone is closed by the next one, and its code is worth nothing",
    () =>
      Effect.gen(function* () {
        const { isShared, ...store } = yield* Database
        const database = Layer.succeed(Database, { isShared, ...store })
        const { database: ofFirst, kill } = untilKilled(database)
        const first = yield* Layer.build(Layer.provideMerge(asks, ofFirst))
        const known = yield* Effect.gen(function* () {
          yield* Effect.flatMap(Permissions, ({ isAllowed }) => Effect.forkDaemon(isAllowed(wanted())))
          yield* pass(0)
          return yield* code
        }).pipe(Effect.provide(first))
        // Nothing tells the first one that it is gone.
        yield* kill
        // Where there are other hosts it may be one of theirs, for as long as its time.
        yield* pass(isShared ? "10 minutes" : 0)
        yield* Effect.gen(function* () {
          const { decide } = yield* Permissions
          expect(yield* waiting).toEqual([])
          expect(yield* withdrawals).toEqual([
            Option.some("the request was refused: the gateway was stopped meanwhile")
          ])
          expect(yield* lastDecided).toMatchObject({
            number: 1,
            decided: { allowed: false, reason: "restart" }
          })
          expect(yield* Effect.flip(decide(known, true))).toMatchObject({ code: "permission_not_found" })
        }).pipe(Effect.provide(Layer.fresh(Layer.provideMerge(asks, database))))
      }).pipe(Effect.scoped, Effect.provide(database))
  )

  it.effect("is refused at once where there is no owner", () =>
    Effect.gen(function* () {
      const { isAllowed } = yield* Permissions
      expect(yield* isAllowed(wanted())).toBe(false)
      expect(yield* lastDecided).toMatchObject({ decided: { reason: "nobody" } })
    }).pipe(Effect.provide(asking({ owners: [] })))
  )

  it.effect("is refused once the question could be delivered to none of them", () =>
    Effect.gen(function* () {
      const { publish } = yield* Events
      const fiber = yield* begin()
      const ended = (owner: string, outcome: "sent" | "failed" | "expired") =>
        Effect.zipRight(
          publish({
            _tag: "DeliveryEnded",
            deliveryId: `owner:default:permission:1:${owner}`,
            accountId: "default",
            target: `imessage:${owner}`,
            outcome,
            durationMs: 1
          }),
          pass(0)
        )
      yield* ended(SECOND, "failed")
      yield* ended("+15555550121", "failed")
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* ended(OWNER, "expired")
      expect(yield* Fiber.join(fiber)).toBe(false)
      expect(yield* lastDecided).toMatchObject({ decided: { reason: "undelivered" } })
    }).pipe(Effect.provide(asking({ owners: [OWNER, SECOND] })))
  )

  it.effect("is refused where too many wait already, of its turn or in all", () =>
    Effect.gen(function* () {
      const { isAllowed } = yield* Permissions
      const of = (id: number) => wanted({ turn: makeTurn({ id: `turn-${id}` }) })
      yield* Effect.forEach([1, 2, 3], () => begin(of(0)))
      expect(yield* isAllowed(of(0))).toBe(false)
      expect(yield* lastDecided).toMatchObject({ decided: { reason: "full" } })
      yield* Effect.forEach(Array.from({ length: 17 }), (_, n) => begin(of(n + 1)))
      expect(yield* waiting).toHaveLength(20)
      expect(yield* isAllowed(of(99))).toBe(false)
      expect(yield* waiting).toHaveLength(20)
    }).pipe(Effect.provide(asking()))
  )

  it.effect("holds no permit meanwhile: another turn runs, and the first one goes on after it", () =>
    Effect.gen(function* () {
      const turns = FairSemaphore.make(1)
      const { during } = yield* TurnPermits
      const { decide, isAllowed } = yield* Permissions
      const turn = makeTurn()
      const asking = yield* Effect.fork(
        turns.withOwnPermit((permit) => during(turn.id, permit)(isAllowed(wanted({ turn }))))
      )
      yield* pass(0)
      const other = yield* Effect.fork(turns.withPermit(Effect.sleep("1 minute")))
      yield* pass("10 seconds")
      yield* decide(yield* code, true)
      yield* pass("10 seconds")
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      yield* pass("40 seconds")
      yield* Fiber.join(other)
      expect(yield* Fiber.join(asking)).toBe(true)
    }).pipe(Effect.provide(asking()))
  )
})

describe("a question that waits to be sent", () => {
  const reasons: ReadonlyArray<
    readonly [
      string,
      (asking: Fiber.RuntimeFiber<boolean>) => Effect.Effect<unknown, unknown, Permissions | Lifecycle>,
      string
    ]
  > = [
    ["is allowed", () => Effect.flatMap(code, (known) => decideAs(known, true)), "allowed: by an owner"],
    ["is refused", () => Effect.flatMap(code, (known) => decideAs(known, false)), "refused: by an owner"],
    ["is over", () => pass("600 seconds"), "refused: nobody answered in time"],
    ["is stopped", Fiber.interrupt, "refused: the turn was stopped"],
    [
      "ends with the gateway",
      () => Effect.flatMap(Lifecycle, ({ stop }) => stop(15_000)),
      "refused: the gateway was stopped meanwhile"
    ]
  ]
  for (const [what, end, why] of reasons) {
    it.effect(`is taken back once its request ${what}`, () =>
      Effect.gen(function* () {
        const first = yield* begin()
        expect(yield* withdrawals).toEqual([Option.none(), Option.none()])
        yield* end(first)
        yield* Fiber.await(first)
        const since = Option.some(`the request was ${why}`)
        expect(yield* withdrawals).toEqual([since, since])
      }).pipe(Effect.provide(asking({ owners: [OWNER, SECOND] })))
    )
  }

  it.effect("stands where another request ends, or another owner could not be told", () =>
    Effect.gen(function* () {
      const { decide } = yield* Permissions
      const { publish } = yield* Events
      yield* begin(wanted({ title: "first" }))
      yield* begin(wanted({ title: "second" }))
      const [, other] = yield* waiting
      yield* decide(other?.code ?? "", true)
      yield* publish({
        _tag: "DeliveryEnded",
        deliveryId: `owner:default:permission:1:${SECOND}`,
        accountId: "default",
        target: `imessage:${SECOND}`,
        outcome: "failed",
        durationMs: 1
      })
      yield* pass(0)
      const all = yield* withdrawals
      expect(all.map(Option.isSome)).toEqual([false, false, true, true])
    }).pipe(Effect.provide(asking({ owners: [OWNER, SECOND] })))
  )
})

describe("a store that refuses", () => {
  it.effect("means no, also where the config allows it", () =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* database.write(() => database.prepare("DROP TABLE permissions").run())
      const { isAllowed } = yield* Permissions
      expect(yield* isAllowed(wanted())).toBe(false)
    }).pipe(Effect.provide(Layer.provideMerge(on({ default: "allow" }), database)))
  )
})
