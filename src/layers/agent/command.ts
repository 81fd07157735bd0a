/** The `command` runtime: a process for each turn. */
import { Effect } from "effect"
import type { AgentConfig, AgentRuntime } from "../../schemas/Config.ts"
import { AgentFailed, AgentTimeout } from "../../schemas/errors/agent.ts"
import { prompt } from "../../schemas/prompt.ts"
import type { Turn } from "../../schemas/Turn.ts"
import type { Answer } from "../../services/Agent.ts"
import type { ProcessGroup } from "../../services/ProcessGroup.ts"
import { makeAnswerReader, REPLIES_FORM, readJsonAnswer, type Say } from "./events.ts"
import { MAX_ANSWER_BYTES } from "./lines.ts"
import { inWords, isWell, type Program, type Ran, runProgram } from "./program.ts"
import { turnAsJson } from "./turnAsJson.ts"

export type CommandRuntime = Extract<AgentRuntime, { readonly type: "command" }>

/** What the process is told on stdin. */
const input = (agent: AgentConfig, runtime: CommandRuntime, turn: Turn): Effect.Effect<string> =>
  runtime.format === "text" ? Effect.succeed(prompt(turn, agent)) : turnAsJson(agent, turn)

const failureOf = (agent: AgentConfig, { ending, stderr }: Ran) => {
  if (ending._tag === "Late") return new AgentTimeout({ agentId: agent.id, afterMs: ending.afterMs })
  // What is wrong before its end is not what it complained of.
  const said = ending._tag === "Exited" && stderr !== "" ? { stderr } : {}
  return new AgentFailed({ agentId: agent.id, detail: inWords(ending), ...said })
}

/**
 * Asks a program of the owner's, which must bear to be asked a turn again under the same id. In the format `json` it may
 * speak before its end.
 */
export const askCommand = (
  agent: AgentConfig,
  runtime: CommandRuntime,
  turn: Turn,
  say: Say
): Effect.Effect<Answer, AgentFailed | AgentTimeout, ProcessGroup> =>
  Effect.gen(function* () {
    const program: Program = {
      ...runtime,
      turn,
      input: yield* input(agent, runtime, turn),
      maxBytes: MAX_ANSWER_BYTES
    }
    const reader = yield* makeAnswerReader(say, { events: runtime.format === "json" })
    const ran = yield* runProgram(program, reader.take)
    if (!isWell(ran.ending)) return yield* failureOf(agent, ran)
    const out = yield* reader.rest
    if (runtime.format === "text") return { replies: out.trim() === "" ? [] : [{ text: out.trim() }] }
    return yield* readJsonAnswer(
      out,
      ({ began, sentence }) =>
        new AgentFailed({
          agentId: agent.id,
          detail: `its output is not ${REPLIES_FORM}, which format "json" means: ${sentence}`,
          said: began
        })
    )
  })
