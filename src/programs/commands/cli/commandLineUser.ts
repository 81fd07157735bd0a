/** Who runs a command, as the audit log names them. */
import { userInfo } from "node:os"
import { Effect, Layer } from "effect"
import { OnBehalfOf } from "../../../services/Audit.ts"

/** A user without an entry in the system's list has a number and no name. */
const name = Effect.try(() => userInfo().username).pipe(
  Effect.orElseSucceed(() => `user ${process.getuid?.() ?? "unknown"}`)
)

export const commandLineUser: Layer.Layer<OnBehalfOf> = Layer.effect(
  OnBehalfOf,
  Effect.map(name, (user) => ({ _tag: "CommandLine", user }) as const)
)
