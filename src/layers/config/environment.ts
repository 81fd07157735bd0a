/** Which variables of the gateway's own environment a program is given beside those that every program gets. */
import { Command } from "@effect/platform"
import { Effect } from "effect"
import type { EnvironmentConfig } from "../../schemas/Config.ts"

export type Variables = { readonly [name: string]: string | undefined }

/** Those of the variables that are named. A name that ends with `*` stands for all that begin like it. */
export const named = (variables: Variables, names: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined &&
      names.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one))
        ? [[name, value]]
        : []
    )
  )

/** The folders in which the system looks for a program that is given such an environment, in their order. */
export const searchedFolders = (
  { env = {} }: Partial<EnvironmentConfig>,
  own: Variables
): ReadonlyArray<string> => (env.PATH ?? own.PATH ?? "").split(":").filter((folder) => folder !== "")

/** The command with the variables that a config names and sets; what is set wins. */
export const withEnvironment = (
  command: Command.Command,
  { env, passEnv }: EnvironmentConfig
): Effect.Effect<Command.Command> =>
  Effect.sync(() => Command.env(command, { ...named(process.env, passEnv), ...env }))

/** The same for what reaches Messages: `imsg` itself, its wrapper, or ssh, which looks for its keys there. */
export const withChildEnvironment = (
  command: Command.Command,
  { env, passEnv }: EnvironmentConfig
): Effect.Effect<Command.Command> => withEnvironment(command, { env, passEnv: ["SSH_AUTH_SOCK", ...passEnv] })
