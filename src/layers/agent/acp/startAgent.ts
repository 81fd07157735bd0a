/** Starts an agent of the Agent Client Protocol, and makes itself known to it. */
import { Command, type FileSystem, type Path } from "@effect/platform"
import { Effect, Schema, type Scope } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { AcpConfig } from "../../../schemas/config/runtimes/acp.ts"
import { type AgentError, AgentRefused } from "../../../schemas/errors/agent.ts"
import { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { VERSION } from "../../../version.ts"
import { withEnvironment } from "../../config/environment.ts"
import { startFailure } from "../../process/startFailure.ts"
import { folderOf } from "../folderOf.ts"
import { type Connection, connect, type Handlers } from "./connection.ts"
import { beforeWork, within } from "./failures.ts"
import { Handshake } from "./wire.ts"

/** What the wire is called that is spoken here. */
const PROTOCOL = 1
/** How long it may take to end by itself, once nothing is said to it any more, in ms. */
const GRACE_MS = 500

/** What an agent can do, by its own word. */
export interface Abilities {
  readonly images: boolean
  readonly resume: boolean
  readonly load: boolean
  readonly close: boolean
}

export interface Started {
  readonly connection: Connection
  /** The folder that it works in. */
  readonly cwd: string
  readonly abilities: Abilities
  /** What it calls itself, with its version; empty where it does not say. */
  readonly name: string
}

/** Which agent, and by what; `stateDir` is where its folder is, unless it has another. */
export interface Launch {
  readonly agent: AgentConfig
  readonly runtime: AcpConfig
  readonly stateDir: string
}

const isThere = (ability: unknown): boolean => ability !== undefined && ability !== null && ability !== false

const abilitiesOf = ({ agentCapabilities }: Handshake): Abilities => ({
  images: agentCapabilities?.promptCapabilities?.image === true,
  resume: isThere(agentCapabilities?.sessionCapabilities?.resume),
  load: agentCapabilities?.loadSession === true,
  close: isThere(agentCapabilities?.sessionCapabilities?.close)
})

const nameOf = ({ agentInfo }: Handshake): string =>
  [agentInfo?.name, agentInfo?.version].filter((part) => part !== undefined && part !== null).join(" ")

/** Starts it, and waits until it has said what it can; closing the scope ends it. */
export const startAgent = (
  { agent, runtime, stateDir }: Launch,
  handlers: Handlers
): Effect.Effect<Started, AgentError, ProcessGroup | FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const cwd = yield* folderOf(agent.id, runtime, stateDir)
    const [program, ...args] = runtime.command
    const command = Command.workingDirectory(Command.make(program, ...args), cwd)
    const leader = yield* groups.spawn(yield* withEnvironment(command, runtime), { graceMs: GRACE_MS }).pipe(
      Effect.mapError(
        (error) =>
          new AgentRefused({
            agentId: agent.id,
            // A folder that is not there looks to the system as a program that is not.
            detail: `${program} cannot be started in ${cwd}: ${startFailure(error)}`,
            advice:
              "Install it for the user that the gateway runs as, or say where it lies in runtime.command; `imsg-gateway doctor` looks for it."
          })
      )
    )
    const connection = yield* connect(leader, handlers)
    const handshake = yield* connection
      .request(
        "initialize",
        {
          protocolVersion: PROTOCOL,
          clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
          clientInfo: { name: "imsg-gateway", title: "iMessage", version: VERSION }
        },
        Handshake
      )
      .pipe(within("initialize", runtime.startTimeoutMs), Effect.mapError(beforeWork(agent.id)))
    if (handshake.protocolVersion !== PROTOCOL) {
      return yield* new AgentRefused({
        agentId: agent.id,
        detail: `it speaks version ${handshake.protocolVersion} of the Agent Client Protocol, and the gateway ${PROTOCOL}`,
        advice: "Update the older of the two."
      })
    }
    if (runtime.login !== undefined) {
      yield* connection
        .request("authenticate", { methodId: runtime.login }, Schema.Unknown)
        .pipe(within("authenticate", runtime.startTimeoutMs), Effect.mapError(beforeWork(agent.id)))
    }
    return { connection, cwd, abilities: abilitiesOf(handshake), name: nameOf(handshake) }
  })
