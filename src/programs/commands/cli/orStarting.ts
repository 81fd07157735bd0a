/** A gateway that cannot be asked yet: it has its state folder, and no socket before it is up. */
import { Effect, Option, Predicate } from "effect"
import { type GatewayNotRunning, GatewayStarting } from "../../../schemas/errors/control.ts"

const isNotRunning = <E>(error: E): error is Extract<E, GatewayNotRunning> =>
  Predicate.isTagged(error, "GatewayNotRunning")

/** Says of a gateway that nobody answers for whether a process has its state folder; what finds that out is loaded then. */
export const orStarting =
  (stateDir: string) =>
  <A, E, R>(asked: Effect.Effect<A, E, R>) =>
    Effect.catchIf(asked, isNotRunning<E>, (error: GatewayNotRunning) =>
      Effect.gen(function* () {
        const { lockHolder } = yield* Effect.promise(() => import("../../../layers/process/lockHolder.ts"))
        const pid = yield* lockHolder(stateDir)
        return yield* Option.isSome(pid) ? new GatewayStarting({ stateDir, pid: pid.value }) : error
      })
    )
