/** How the gateway's own program is started once more, by agents that are given its tools. */
import { Context } from "effect"

export interface StartedBy {
  /** Node, and the program's main file, before the command. */
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/** As this process was started; undefined where there is no gateway whose tools an agent could use. */
export class OwnProgram extends Context.Reference<OwnProgram>()("imsg-gateway/OwnProgram", {
  defaultValue: (): StartedBy | undefined => ({
    program: process.execPath,
    args: process.argv.slice(1, 2)
  })
}) {}
