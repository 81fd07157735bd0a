/**
 * What is wanted of the chats of accounts that other hosts run: their hosts are told, and nobody waits for it. That
 * somebody writes is told again and again, since a host forgets it where it is not.
 */
import { Effect, Layer, Ref, Schedule } from "effect"
import { LEASE_MS } from "../../schemas/AccountActor.ts"
import type { Chat, Target } from "../../schemas/Target.ts"
import { type AccountClient, AccountHosts } from "../../services/AccountHosts.ts"
import { Presence } from "../../services/Presence.ts"

/** How long a host may take to hear of it, or to say what it shows, in ms: nobody misses it. */
const WITHIN_MS = 3000
/** Who has answered by then was not seen writing, in ms: no host is told of it. */
const SOON_MS = 200

const chatOf = (target: Target): Chat | undefined => (target._tag === "Handle" ? undefined : target)

const make = Effect.gen(function* () {
  const here = yield* Presence
  const hosts = yield* AccountHosts

  const tell = (accountId: string, say: (host: AccountClient) => Effect.Effect<void, unknown>) =>
    Effect.ignore(hosts.ask(accountId, say, WITHIN_MS))

  /** Said to the host of an account until the scope closes. */
  const typingElsewhere = (accountId: string, chat: Chat) =>
    Effect.gen(function* () {
      const turn = yield* Effect.sync(() => crypto.randomUUID())
      const isTold = yield* Ref.make(false)
      yield* Effect.addFinalizer(() =>
        Effect.whenEffect(Effect.forkDaemon(tell(accountId, (host) => host.Quiet({ turn }))), Ref.get(isTold))
      )
      yield* Ref.set(isTold, true).pipe(
        Effect.zipRight(tell(accountId, (host) => host.Typing({ turn, chat }))),
        Effect.repeat(Schedule.spaced(LEASE_MS / 3)),
        Effect.delay(SOON_MS),
        Effect.interruptible,
        Effect.forkScoped
      )
    })

  /** Where the account is: here, which waits for nobody, or elsewhere. */
  const where = <A, R>(
    accountId: string,
    target: Target,
    {
      elsewhere,
      here
    }: {
      readonly here: Effect.Effect<A, never, R>
      readonly elsewhere: (chat: Chat) => Effect.Effect<A, never, R>
    }
  ) => {
    const chat = chatOf(target)
    return Effect.flatMap(hosts.isHere(accountId), (isHere) =>
      isHere || chat === undefined ? here : elsewhere(chat)
    )
  }

  return Presence.of({
    ...here,
    typing: (accountId, target) =>
      where(accountId, target, {
        here: here.typing(accountId, target),
        elsewhere: (chat) => typingElsewhere(accountId, chat)
      }),
    isShown: (accountId, target) =>
      where(accountId, target, {
        here: here.isShown(accountId, target),
        elsewhere: (chat) =>
          Effect.orElseSucceed(
            hosts.ask(accountId, (host) => host.IsShown({ chat }), WITHIN_MS),
            () => false
          )
      }),
    read: (accountId, target) =>
      where(accountId, target, {
        here: here.read(accountId, target),
        elsewhere: (chat) => Effect.asVoid(Effect.forkDaemon(tell(accountId, (host) => host.Read({ chat }))))
      })
  })
})

export const layer: Layer.Layer<Presence, never, Presence | AccountHosts> = Layer.effect(Presence, make)
