/** The property list of the launch agent; see launchd.plist(5). */
import { Effect, Schema } from "effect"
import { messageOf } from "../../../../schemas/errors/messageOf.ts"
import { ServiceFileUnusable } from "../../../../schemas/errors/service.ts"
import { LABEL, OWN_VARIABLES, type ServiceDefinition } from "../definition.ts"

/** Where Homebrew puts programs on Apple silicon and on Intel, then the system's own. */
const PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

/** launchd starts it at most once in so many seconds, so that a config which is wrong does not spin. */
export const THROTTLE_SECONDS = 30

/** The owner's PATH, with those of our folders behind it that it has not. */
const pathBehind = (own = ""): string =>
  [...new Set([...own.split(":"), ...PATH.split(":")])].filter((folder) => folder !== "").join(":")

/** Variables of an installed agent that are not the gateway's to set. */
export const foreignVariables = (variables: { readonly [name: string]: string }) =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !OWN_VARIABLES.includes(name)))

/** What of an agent's property list is read. */
export const Agent = Schema.Struct({
  Label: Schema.String,
  ProgramArguments: Schema.NonEmptyArray(Schema.String),
  EnvironmentVariables: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
    default: () => ({})
  }),
  ExitTimeOut: Schema.optionalWith(Schema.Number, { exact: true })
})
export type Agent = typeof Agent.Type

// Only these commands need the library, and it would cost every start some milliseconds.
const library = Effect.promise(() => import("plist"))

/**
 * The property list as XML. It comes back whatever ended it (only `bootout` stops it), and is not throttled while
 * somebody waits for an answer: launchd slows the processor and the disk of what is not `Interactive`. `variables` are
 * set beside the gateway's own; a PATH among them is kept, and made longer where our folders are missing.
 */
export const render = (
  definition: ServiceDefinition,
  variables: { readonly [name: string]: string } = {}
): Effect.Effect<string> =>
  Effect.map(library, ({ build }) =>
    build({
      Label: LABEL,
      ProgramArguments: [definition.program, ...definition.arguments],
      EnvironmentVariables: { ...variables, PATH: pathBehind(variables.PATH), ...definition.environment },
      WorkingDirectory: definition.home,
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: THROTTLE_SECONDS,
      ExitTimeOut: definition.stopSeconds,
      ProcessType: "Interactive",
      Umask: 0o077,
      StandardOutPath: definition.output,
      StandardErrorPath: definition.output
    })
  ).pipe(Effect.map((xml) => `${xml.trimEnd()}\n`))

/** Reads an agent's property list. */
export const parse = (file: string, xml: string): Effect.Effect<Agent, ServiceFileUnusable> =>
  library.pipe(
    Effect.flatMap(({ parse: read }) => Effect.try(() => read(xml))),
    Effect.mapError((error) => messageOf(error.error)),
    Effect.flatMap((value) => Effect.mapError(Schema.decodeUnknown(Agent)(value), ({ message }) => message)),
    Effect.mapError((detail) => new ServiceFileUnusable({ file, detail }))
  )
