/** Answers only what the grant of who asks is worth, by what each endpoint says that it needs. */
import { HttpApi, HttpRouter } from "@effect/platform"
import { Context, Effect, Layer } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { Forbidden } from "../../schemas/control/failures.ts"
import { InScope, Needs } from "../../schemas/control/InScope.ts"
import { ScopeMissing } from "../../schemas/errors/web.ts"
import { isGranted, type Scope } from "../../schemas/Grant.ts"
import { AskedWith } from "../../services/AskedWith.ts"

/** What each endpoint needs, by its method and path as routes have them. */
const neededBy = (): ReadonlyMap<string, ReadonlyArray<Scope>> => {
  const needed = new Map<string, ReadonlyArray<Scope>>()
  HttpApi.reflect(ControlApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path }, mergedAnnotations }) =>
      void needed.set(`${method} ${path}`, Context.get(mergedAnnotations, Needs))
  })
  return needed
}

/** Fails where the grant of who asks has none of these scopes. */
export const requireScope = (needed: ReadonlyArray<Scope>): Effect.Effect<void, Forbidden> =>
  Effect.flatMap(AskedWith, (grant) => {
    if (isGranted(grant, needed)) return Effect.void
    const { code, hint, message } = new ScopeMissing({ needed })
    return new Forbidden({ code, message, hint })
  })

export const layer: Layer.Layer<InScope> = Layer.sync(InScope, () => {
  const needed = neededBy()
  return Effect.flatMap(HttpRouter.RouteContext, ({ route: { method, path } }) =>
    requireScope(needed.get(`${method} ${path}`) ?? ["admin"])
  )
})
