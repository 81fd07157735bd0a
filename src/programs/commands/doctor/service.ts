/**
 * The service that starts the gateway by itself. Its program is a chain of its own for macOS: what a terminal may
 * do says nothing of what that may.
 */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { LABEL, type ServiceProgram } from "../service/definition.ts"
import * as propertyList from "../service/launchd/propertyList.ts"
import { programOf } from "../service/programOf.ts"
import * as unit from "../service/systemd/unit.ts"
import { type Check, failed, ok, warning } from "./Check.ts"
import { beginner, type Surroundings } from "./grants.ts"

const PLACE = { id: "service", title: "Service" } as const

const INSTALL = "Run `imsg-gateway service install` again, with the `--config` that it is to have."

/** What a service has to be compared with. */
export interface ServiceLook {
  readonly platform: NodeJS.Platform
  readonly home: string
  /** The config that was looked at, absolute. */
  readonly configFile: string | undefined
  readonly surroundings: Surroundings
}

/** The file of a service, below the home folder. */
const fileOf = (platform: NodeJS.Platform): string | undefined =>
  platform === "darwin"
    ? `Library/LaunchAgents/${LABEL}.plist`
    : platform === "linux"
      ? `.config/systemd/user/${unit.UNIT}`
      : undefined

/** What a service runs; none where its file cannot be read as one. */
const serviceIn = (
  platform: NodeJS.Platform,
  file: string
): Effect.Effect<Option.Option<ServiceProgram>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(file)
    if (platform !== "darwin") return Option.fromNullable(unit.parse(text))
    const { ProgramArguments } = yield* propertyList.parse(file, text)
    return Option.some(programOf(ProgramArguments))
  }).pipe(Effect.orElseSucceed(() => Option.none()))

const isFile = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(file).pipe(
      Effect.map(({ type }) => type === "File"),
      Effect.orElseSucceed(() => false)
    )
  )

const judged = (
  { configFile, platform, surroundings }: ServiceLook,
  file: string,
  { configFile: itsConfig, program }: ServiceProgram
): Check => {
  const installed = `installed (${file}) with ${program}`
  if (itsConfig !== "" && configFile !== undefined && itsConfig !== configFile) {
    return warning(
      PLACE,
      `${installed}, for the config ${itsConfig}; what was looked at here is ${configFile}`,
      `Run \`imsg-gateway doctor --config ${itsConfig}\` to look at that one, or \`imsg-gateway service install\` with this one.`
    )
  }
  const here = beginner(surroundings)
  if (platform !== "darwin" || here === program) return ok(PLACE, installed)
  return warning(
    PLACE,
    `${installed}. What was found out above is what ${here} may; launchd begins a chain of its own, and macOS asks what ${program} may`,
    `Give the same permissions to ${program}. Whether it has them the service says itself while it runs: \`imsg-gateway status\`, or \`imsg-gateway logs\`.`
  )
}

/** Looks at the service of this user: whether it can start, and whose permissions it has. */
export const serviceCheck = (
  look: ServiceLook
): Effect.Effect<Check, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const name = fileOf(look.platform)
    if (name === undefined) return ok(PLACE, `there is none for ${look.platform}`)
    const file = join(look.home, name)
    if (!(yield* Effect.orElseSucceed(fs.exists(file), () => true))) {
      return ok(PLACE, "not installed; `imsg-gateway service install` has the gateway started by itself")
    }
    const found = yield* serviceIn(look.platform, file)
    if (Option.isNone(found)) {
      return failed(PLACE, `${file} names no program, or cannot be read`, INSTALL)
    }
    const service = found.value
    const gone = yield* Effect.filter([service.program, service.main], (needed) =>
      Effect.map(isFile(needed), (isThere) => !isThere)
    )
    if (gone.length > 0) {
      return failed(PLACE, `installed (${file}), but ${gone.join(" and ")} is not there any more`, INSTALL)
    }
    const program = yield* Effect.orElseSucceed(fs.realPath(service.program), () => service.program)
    return judged(look, file, { ...service, program })
  })
