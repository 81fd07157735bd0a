/** Which gateway a command line starts. */
import type { ServiceProgram } from "./definition.ts"

/** The argument after an option; empty where the option is not there. */
const valueOf = (option: string, args: ReadonlyArray<string>): string => {
  const at = args.indexOf(option)
  return at === -1 ? "" : (args[at + 1] ?? "")
}

/** Node, the gateway's file and its config, from the arguments that an installed service has. */
export const programOf = ([program = "", main = "", ...rest]: ReadonlyArray<string>): ServiceProgram => ({
  program,
  main,
  configFile: valueOf("--config", rest)
})
