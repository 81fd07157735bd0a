/** Leave for agents that work for nobody: what one does in a test is nothing that anybody has asked it for. */
import { Effect, Layer } from "effect"
import { PermissionNotFound } from "../../schemas/errors/permissions.ts"
import { Permissions } from "../../services/Permissions.ts"

export const layer: Layer.Layer<Permissions> = Layer.succeed(Permissions, {
  isAllowed: ({ kind }) =>
    Effect.as(
      Effect.annotateLogs(
        Effect.logWarning("the agent asked for leave to use a tool, which is given to nobody here"),
        { kind }
      ),
      false
    ),
  waiting: Effect.succeed([]),
  decided: () => Effect.succeed([]),
  decide: (code) => new PermissionNotFound({ subject: code })
})
