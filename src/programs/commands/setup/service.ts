/** The service, as far as `setup` has to do with it. */
import { Effect, Option } from "effect"
import { ServiceCommandFailed } from "../../../schemas/errors/service.ts"
import { managerFor } from "../cli/service.ts"
import { makeDefinition, thisProgram } from "../service/definition.ts"
import { statusOf } from "../service/status.ts"
import type { Service } from "./Known.ts"

/** What stands in the way, without the command line that found it out. */
const reasonOf = (error: Error): string =>
  error instanceof ServiceCommandFailed && error.detail !== ""
    ? `no service manager answers (${error.detail.trim()})`
    : error.message

/** Whether a gateway is installed as a service for this config, or could be. */
export const serviceOf = (file: string) =>
  Effect.gen(function* () {
    const manager = yield* managerFor(undefined)
    const here = yield* thisProgram(Option.some(file))
    const { differences, running } = yield* statusOf(manager.platform, yield* manager.inspect, here)
    const service: Service = running && differences.length === 0 ? { _tag: "Runs" } : { _tag: "Absent" }
    return service
  }).pipe(
    Effect.catchAll((error) =>
      Effect.succeed<Service>({
        _tag: "Impossible",
        reason: `${reasonOf(error)}. Without a service start it by hand: \`imsg-gateway --config ${file}\``
      })
    )
  )

const HEADINGS = {
  started: "it is installed, and was started",
  "not started": "it is installed, and was not started",
  "cannot run yet": "it is installed, and cannot run yet"
} as const

/** Installs it, as `service install` does. */
export const installService = (file: string) =>
  Effect.gen(function* () {
    const manager = yield* managerFor(undefined)
    const installed = yield* manager.install(yield* makeDefinition(Option.some(file)))
    const service: Service = {
      _tag: "Installed",
      detail: `${HEADINGS[installed.started]}: ${installed.file}`,
      advice: installed.advice,
      started: installed.started === "started"
    }
    return service
  })
