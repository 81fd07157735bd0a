/** The agents of the Agent Client Protocol: whether each starts, lets a session begin, and has its model. It is asked nothing. */
import { FileSystem, type Path } from "@effect/platform"
import { Effect, Either } from "effect"
import { CANCELLED } from "../../../layers/agent/acp/choices.ts"
import { closeSession, makeSessionIds } from "../../../layers/agent/acp/sessionIds.ts"
import { searchedFolders, type Variables } from "../../../layers/config/environment.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { AcpConfig } from "../../../schemas/config/runtimes/acp.ts"
import type { AgentError } from "../../../schemas/errors/agent.ts"
import { oneLine } from "../../../schemas/oneLine.ts"
import type { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { agentPlace, INSTALL_IT } from "./agentPlace.ts"
import { type Check, failed, ok } from "./Check.ts"
import { find } from "./program.ts"

/** Who runs `doctor` waits for it: no longer than this, in ms, whatever the config allows. */
const START_WITHIN_MS = 30_000
/** How long it may take to end a session in which nothing was said, in ms. */
const CLOSE_WITHIN_MS = 2000
const LONGEST_NAME = 80

/** Says nothing of what it may say by itself. */
const deaf = { onUpdate: () => Effect.void, onPermission: () => Effect.succeed(CANCELLED) }

const namesOf = (abilities: { readonly resume: boolean; readonly load: boolean }): string =>
  abilities.resume || abilities.load
    ? "it can take a conversation up again"
    : "it cannot take a conversation up again: it is lost whenever the agent ends, see agents.md"

/** A failure without the name of the agent, which stands before it. */
const whatIsWrong = (error: AgentError): string => {
  if (!("detail" in error)) return error.report
  const said = "stderr" in error ? (error.said ?? error.stderr) : error.said
  return said === undefined ? error.detail : `${error.detail}: ${said}`
}

/** Starts an agent and begins a session, which is where one says that nobody has logged in, or that it has no such model. */
const tryOut = (agent: AgentConfig, runtime: AcpConfig) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { startAgent } = yield* Effect.promise(() => import("../../../layers/agent/acp/startAgent.ts"))
    const { beginSession } = yield* Effect.promise(() => import("../../../layers/agent/acp/beginSession.ts"))
    // Its own folder is the gateway's to make.
    const stateDir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-doctor-" })
    const startTimeoutMs = Math.min(runtime.startTimeoutMs, START_WITHIN_MS)
    const launch = { agent, runtime: { ...runtime, startTimeoutMs }, stateDir }
    const started = yield* startAgent(launch, deaf)
    const scope = yield* Effect.scope
    const ids = makeSessionIds(agent.id, started, scope)
    const { id } = yield* beginSession(
      launch,
      started,
      ids,
      scope
    )(undefined, {
      cwd: started.cwd,
      mcpServers: []
    })
    yield* closeSession(started, id, CLOSE_WITHIN_MS)
    return started
  }).pipe(Effect.scoped)

const acpCheck = (agent: AgentConfig, runtime: AcpConfig, own: Variables) =>
  Effect.gen(function* () {
    const place = agentPlace(agent)
    const [program] = runtime.command
    const found = yield* Effect.either(find(program, searchedFolders(runtime, own)))
    if (Either.isLeft(found)) return failed(place, `${program}: ${found.left}`, INSTALL_IT)
    return yield* Effect.match(tryOut(agent, runtime), {
      onFailure: (error) =>
        error._tag === "SystemError" || error._tag === "BadArgument"
          ? failed(place, "there is no room for a temporary folder", "Make room on the disk.")
          : failed(place, `${found.right}: ${whatIsWrong(error)}`, error.hint),
      onSuccess: ({ abilities, name }) => {
        const called = oneLine(name).slice(0, LONGEST_NAME)
        return ok(
          place,
          `${[found.right, ...(called === "" ? [] : [called])].join(", ")}; ${namesOf(abilities)}. A session was begun, and nothing asked in it: \`imsg-gateway agent test\` does`
        )
      }
    })
  })

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
