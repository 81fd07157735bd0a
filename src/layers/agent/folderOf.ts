/** The folder that an agent works in which opens files by itself. */
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import { AgentFailed } from "../../schemas/errors/agent.ts"
import { platformWords } from "../../schemas/errors/platformWords.ts"

/** The one that the config names, else one of its own, made where it is not there, for its owner only. */
export const folderOf = (
  agentId: string,
  { cwd }: { readonly cwd?: string },
  stateDir: string
): Effect.Effect<string, AgentFailed, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    if (cwd !== undefined) return cwd
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = path.join(stateDir, "agents", agentId)
    yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
    return folder
  }).pipe(
    Effect.mapError(
      (error) =>
        new AgentFailed({
          agentId,
          detail: `its folder in ${stateDir} cannot be made: ${platformWords(error)}`
        })
    )
  )
