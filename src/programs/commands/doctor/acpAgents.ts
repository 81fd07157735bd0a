/** The agents of the Agent Client Protocol: whether each starts, and says what it is. It is asked nothing. */
import { FileSystem, type Path } from "@effect/platform"
import { Effect } from "effect"
import { CANCELLED } from "../../../layers/agent/acp/choices.ts"
import { searchedFolders, type Variables } from "../../../layers/config/environment.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { AcpConfig } from "../../../schemas/config/runtimes/acp.ts"
import { oneLine } from "../../../schemas/oneLine.ts"
import type { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { agentPlace } from "./agentPlace.ts"
import { type Check, failed, ok } from "./Check.ts"
import { find } from "./program.ts"

/** Who runs `doctor` waits for it: no longer than this, in ms, whatever the config allows. */
const START_WITHIN_MS = 30_000
const LONGEST_NAME = 80

/** Says nothing of what it may say by itself. */
const deaf = { onUpdate: () => Effect.void, onPermission: () => Effect.succeed(CANCELLED) }

const namesOf = (abilities: { readonly resume: boolean; readonly load: boolean }): string =>
  abilities.resume || abilities.load
    ? "it can take a conversation up again"
    : "it cannot take a conversation up again: it is lost whenever the agent ends, see agents.md"

const acpCheck = (agent: AgentConfig, runtime: AcpConfig, own: Variables) =>
  Effect.gen(function* () {
    const place = agentPlace(agent)
    const fs = yield* FileSystem.FileSystem
    const { startAgent } = yield* Effect.promise(() => import("../../../layers/agent/acp/startAgent.ts"))
    // Its own folder is the gateway's to make.
    const stateDir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-doctor-" })
    const startTimeoutMs = Math.min(runtime.startTimeoutMs, START_WITHIN_MS)
    const [program] = runtime.command
    const found = yield* Effect.orElseSucceed(find(program, searchedFolders(runtime, own)), () => program)
    return yield* startAgent({ agent, runtime: { ...runtime, startTimeoutMs }, stateDir }, deaf).pipe(
      Effect.match({
        onFailure: (error) => failed(place, `${found}: ${error.report}`, error.hint),
        onSuccess: ({ abilities, name }) => {
          const called = oneLine(name).slice(0, LONGEST_NAME)
          return ok(
            place,
            `${[found, ...(called === "" ? [] : [called])].join(", ")}; ${namesOf(abilities)}. It was asked nothing: \`imsg-gateway agent test\` does`
          )
        }
      })
    )
  }).pipe(
    Effect.scoped,
    Effect.catchAll(() =>
      Effect.succeed(
        failed(agentPlace(agent), "there is no room for a temporary folder", "Make room on the disk.")
      )
    )
  )

/** A check of each agent that speaks the protocol. `own` are the variables of the gateway. */
export const acpChecks = (
  agents: ReadonlyArray<AgentConfig>,
  own: Variables
): Effect.Effect<ReadonlyArray<Check>, never, ProcessGroup | FileSystem.FileSystem | Path.Path> =>
  Effect.forEach(
    agents.flatMap((agent) => (agent.runtime.type === "acp" ? [{ agent, runtime: agent.runtime }] : [])),
    ({ agent, runtime }) => acpCheck(agent, runtime, own),
    { concurrency: "unbounded" }
  )
