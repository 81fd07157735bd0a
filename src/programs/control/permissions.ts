/** What agents ask leave for, as it is asked for and answered through the control server. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { Permissions } from "../../services/Permissions.ts"
import { foundOrNot } from "./failures.ts"

/** Decisions that the list shows. */
const MOST = 100

export const permissions = HttpApiBuilder.group(ControlApi, "permissions", (handlers) =>
  Effect.map(Permissions, ({ decide, decided, waiting }) =>
    handlers
      .handle("waiting", () => foundOrNot(waiting))
      .handle("decided", () => foundOrNot(decided(MOST)))
      .handle("allow", ({ path }) => foundOrNot(decide(path.code, true)))
      .handle("deny", ({ path }) => foundOrNot(decide(path.code, false)))
  )
)
