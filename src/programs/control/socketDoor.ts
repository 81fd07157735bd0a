/**
 * Who asks on the socket. Whoever can open it is the gateway's user; who shows a token all the same is no more than that is
 * worth, and with one that is none is nobody: a program that was given less must not get more by a mistake.
 */
import { type HttpApp, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Effect, Option } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { AccessOver, AccessUnknown, WrongToken } from "../../schemas/errors/web.ts"
import { type Grant, isSameGrant, OWNERS_GRANT } from "../../schemas/Grant.ts"
import { AccessTokens } from "../../services/AccessTokens.ts"
import { AgentAccess } from "../../services/AgentAccess.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { knownTokens, shownToken } from "./knownTokens.ts"
import { bearerOf } from "./web/head.ts"
import { endWith, whenOver, whileOpen } from "./web/over.ts"

interface Asker {
  readonly grant: Grant
  readonly who: typeof OnBehalfOf.Service
}

const OWNER: Asker = { grant: OWNERS_GRANT, who: { _tag: "Socket" } }

const refusal = (_tag: string, { code, hint, message, status }: WrongToken | AccessUnknown | AccessOver) =>
  HttpServerResponse.unsafeJson({ _tag, code, message, hint }, { status })

const asAsker =
  ({ grant, who }: Asker) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(Effect.provideService(AskedWith, grant), Effect.provideService(OnBehalfOf, who))

/** The function that answers who shows the token of a digest now. */
const makeFindAsker = Effect.gen(function* () {
  const agents = yield* AgentAccess
  const stored = yield* AccessTokens
  const { current } = yield* ConfigService

  const ofToken = (digest: string) =>
    Effect.gen(function* () {
      const { control } = yield* current
      const known = yield* knownTokens(stored, control.http?.token)(digest)
      if (Option.isSome(known) && known.value.made !== undefined) {
        yield* Effect.forkDaemon(Effect.ignore(stored.used(known.value.made)))
      }
      return Option.map(
        known,
        (token): Asker => ({
          grant: token.grant,
          who: { _tag: "Socket", ...shownToken(token) }
        })
      )
    })

  return (digest: string): Effect.Effect<Option.Option<Asker>, StoreUnavailable> =>
    Effect.flatMap(
      agents.find(digest),
      Option.match({
        onNone: () => ofToken(digest),
        onSome: (grant) =>
          Effect.succeedSome({
            grant,
            who: grant.by?._tag === "Agent" ? grant.by : { _tag: "Agent" as const }
          })
      })
    )
})

/** What stands before the interface on the socket: it lets everybody in as who they are. */
export const makeSocketDoor = Effect.map(
  makeFindAsker,
  (findAsker) =>
    <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<E, R> =>
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        if (headers.authorization === undefined) return yield* asAsker(OWNER)(app)
        const find = findAsker(digestOf(bearerOf(headers.authorization) ?? ""))
        const asker = yield* Effect.option(find)
        if (Option.isNone(asker)) return refusal("Unavailable", new AccessUnknown())
        if (Option.isNone(asker.value)) return refusal("Unauthorized", new WrongToken())
        const { grant } = asker.value.value
        // Of an agent it is over with its turn.
        const isOpen = Effect.map(
          find,
          Option.exists((now) => isSameGrant(now.grant, grant))
        )
        const answer = asAsker(asker.value.value)(app)
        const response = yield* whileOpen(answer, isOpen, refusal("Forbidden", new AccessOver()))
        return endWith(response, whenOver(isOpen))
      })
)
