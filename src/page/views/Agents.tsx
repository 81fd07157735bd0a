/** The agents, and how they do. */
import type { AgentReport } from "../../schemas/control/Records.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { agents } from "../state.ts"
import { codeWords, TURN_WORDS, toneOf, took } from "../words.ts"
import { Decisions } from "./Permissions.tsx"

const LastTurn = ({ agent: { lastTurn } }: { readonly agent: AgentReport }) => {
  if (lastTurn === null) return <>none yet</>
  const { code, durationMs, endedAt, outcome, reason } = lastTurn
  const why = reason ?? (code === undefined ? undefined : codeWords(code))
  return (
    <>
      {TURN_WORDS[outcome]} after {took(durationMs)}, <Time at={endedAt} />
      {why !== undefined && <span class="reason">{why}</span>}
    </>
  )
}

const Card = ({ agent }: { readonly agent: AgentReport }) => {
  const { failedTurns, id, isDefault, lastTurn, name, runtime, turns, where } = agent
  return (
    <li class="card">
      <div class="who">
        <Mark tone={lastTurn === null ? "plain" : toneOf(lastTurn.outcome)} />
        <h3>
          <Foreign>{name ?? id}</Foreign>
        </h3>
        {name !== null && <code>{id}</code>}
        {isDefault && <span class="quiet">answers what no binding names</span>}
      </div>
      <dl class="facts">
        <div>
          <dt>Runtime</dt>
          <dd>{runtime}</dd>
        </div>
        <div>
          <dt>Where</dt>
          <dd>{where}</dd>
        </div>
        <div>
          <dt>In a day</dt>
          <dd>
            {turns} turns,{" "}
            {failedTurns === 0 ? "none failed" : <strong class="bad">{failedTurns} failed</strong>}
          </dd>
        </div>
        <div>
          <dt>Last turn</dt>
          <dd>
            <LastTurn agent={agent} />
          </dd>
        </div>
      </dl>
    </li>
  )
}

const Answering = () => {
  const all = agents.value.value
  return (
    <Section id="agents" title="Who answers">
      {all === undefined && <p class="empty">Not known yet.</p>}
      <ul id="agents" class="cards">
        {(all ?? []).map((agent) => (
          <Card key={agent.id} agent={agent} />
        ))}
      </ul>
    </Section>
  )
}

export const Agents = () => (
  <>
    <Answering />
    <Decisions />
  </>
)
