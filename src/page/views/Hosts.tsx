/** The hosts that carry the gateway together; nothing where there is but one. */
import type { HostReport } from "../../schemas/control/Status.ts"
import { accountsOn, clockOff, HOST_TONES, HOST_WORDS, hostSince } from "../hostWords.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { status } from "../state.ts"
import { spanOf } from "../words.ts"

const Card = ({ host }: { readonly host: HostReport }) => {
  const accounts = accountsOn(status.value.value?.accounts ?? [], host.name)
  const clock = clockOff(host, spanOf)
  return (
    <li class="card" data-state={host.state}>
      <div class="heading">
        <div class="who">
          <Mark tone={HOST_TONES[host.state]} />
          <h3>
            <Foreign>{host.name}</Foreign>
          </h3>
          <p>
            <span class="state">{HOST_WORDS[host.state]}</span> for <Time at={hostSince(host)} tense="for" />
          </p>
        </div>
      </div>
      <dl class="facts">
        <div>
          <dt>Accounts</dt>
          <dd>{accounts.length === 0 ? "none" : <Foreign>{accounts.join(", ")}</Foreign>}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{host.version}</dd>
        </div>
        {clock !== undefined && (
          <div>
            <dt>Clock</dt>
            <dd>{clock}</dd>
          </div>
        )}
      </dl>
    </li>
  )
}

export const Hosts = () => {
  const hosts = status.value.value?.hosts ?? []
  return hosts.length === 0 ? null : (
    <Section id="hosts" title="Hosts">
      <ul id="hosts" class="cards">
        {hosts.map((host) => (
          <Card key={host.name} host={host} />
        ))}
      </ul>
    </Section>
  )
}
