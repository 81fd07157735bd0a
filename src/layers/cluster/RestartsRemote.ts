/** A restart is asked of the host that runs the account. */
import { Effect, Layer } from "effect"
import { AccountHosts } from "../../services/AccountHosts.ts"
import { Accounts } from "../../services/Accounts.ts"

const make = Effect.gen(function* () {
  const here = yield* Accounts
  const hosts = yield* AccountHosts
  return Accounts.of({
    ...here,
    restart: (id) =>
      Effect.flatMap(hosts.isHere(id), (isHere) => (isHere ? here.restart(id) : hosts.restart(id)))
  })
})

export const layer: Layer.Layer<Accounts, never, Accounts | AccountHosts> = Layer.effect(Accounts, make)
