/** Leave that agents ask for: none is given. */
import { Effect, Layer } from "effect"
import { PermissionNotFound } from "../../schemas/errors/permissions.ts"
import { Permissions } from "../../services/Permissions.ts"

export const layer: Layer.Layer<Permissions> = Layer.succeed(
  Permissions,
  Permissions.of({
    isAllowed: () => Effect.succeed(false),
    waiting: Effect.succeed([]),
    decided: () => Effect.succeed([]),
    decide: (code) => new PermissionNotFound({ subject: code })
  })
)
