/** The accounts, as they are. */
import { useEffect, useRef } from "preact/hooks"
import { BRIDGE_HINT, bridgeInWords } from "../../schemas/bridgeWords.ts"
import type { AccountReport } from "../../schemas/control/Status.ts"
import { api } from "../api.ts"
import { announcement, attempt } from "../notices.ts"
import { Button, Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { status } from "../state.ts"
import { codeWords, STATE_WORDS } from "../words.ts"

const restart = ({ id, name }: AccountReport): Promise<boolean> =>
  attempt(async () => {
    await api.restart(id)
    return `${name ?? id} is being restarted.`
  })

const Moment = ({ at }: { readonly at: number | null }) => (at === null ? <>never</> : <Time at={at} />)

const Facts = ({ account }: { readonly account: AccountReport }) => (
  <dl class="facts">
    <div>
      <dt>Last in</dt>
      <dd>
        <Moment at={account.lastInboundAt} />
      </dd>
    </div>
    <div>
      <dt>Last out</dt>
      <dd>
        <Moment at={account.lastOutboundAt} />
      </dd>
    </div>
    <div>
      <dt>Queue</dt>
      <dd>{account.queued}</dd>
    </div>
    <div>
      <dt>Restarts</dt>
      <dd>
        {account.restarts}
        {account.lastRestart !== null && (
          <>
            {" "}
            · {codeWords(account.lastRestart.reason)} <Time at={account.lastRestart.at} />
          </>
        )}
      </dd>
    </div>
    {account.bridge !== null && account.bridge.state !== "absent" && (
      <div class="bridge">
        <dt>Bridge</dt>
        <dd title={account.bridge.state === "broken" ? BRIDGE_HINT : undefined}>
          {bridgeInWords(account.bridge)}
        </dd>
      </div>
    )}
  </dl>
)

const Card = ({ account }: { readonly account: AccountReport }) => {
  const { host, id, lastError, name, since, state } = account
  const before = useRef(state)
  useEffect(() => {
    if (before.current !== state) announcement.value = `Account ${name ?? id}: ${STATE_WORDS[state]}`
    before.current = state
  }, [state, name, id])
  const isIll = lastError !== null && state !== "running" && state !== "disabled"
  return (
    <li class="card" data-state={state}>
      <div class="heading">
        <div class="who">
          <Mark tone={state} />
          <h3>
            <Foreign>{name ?? id}</Foreign>
          </h3>
          <p>
            <span class="state">{STATE_WORDS[state]}</span> for <Time at={since} tense="for" />
            {host !== undefined && <> · on {host}</>}
          </p>
        </div>
        {state !== "disabled" && (
          <Button about={name ?? id} act={() => restart(account)}>
            Restart
          </Button>
        )}
      </div>
      {isIll && (
        <div class="trouble">
          <p class="problem">{lastError.message}</p>
          {lastError.hint !== "" && <p class="remedy">{lastError.hint}</p>}
        </div>
      )}
      <Facts account={account} />
    </li>
  )
}

export const Accounts = () => {
  const accounts = status.value.value?.accounts ?? []
  return (
    <Section id="accounts" title="Accounts">
      {accounts.length === 0 && <p class="empty">Not known yet.</p>}
      <ul id="accounts" class="cards">
        {accounts.map((account) => (
          <Card key={account.id} account={account} />
        ))}
      </ul>
    </Section>
  )
}
