/** The document that says what can be asked. It is made when somebody asks for it first. */
import { HttpApiBuilder, HttpServerResponse, OpenApi } from "@effect/platform"
import { Effect, Layer } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { OWNERS_GRANT } from "../../schemas/Grant.ts"
import { requireScope } from "./inScope.ts"

const document = Effect.runSync(
  Effect.cached(Effect.sync(() => HttpServerResponse.unsafeJson(OpenApi.fromApi(ControlApi))))
)

export const layer = HttpApiBuilder.Router.use((router) =>
  router.get("/openapi.json", Effect.zipRight(requireScope(OWNERS_GRANT.scopes), document))
).pipe(Layer.provide(HttpApiBuilder.Router.Live))
