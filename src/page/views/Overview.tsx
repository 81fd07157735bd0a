/** What needs a person, how the accounts are, and a day in charts. */
import type { WaitingDelivery } from "../../schemas/control/Records.ts"
import { accountName, targetName } from "../names.ts"
import { Foreign, Section, Time } from "../parts/basics.tsx"
import { hrefOf } from "../route.ts"
import { deliveries, letters, names, status } from "../state.ts"
import { counted } from "../words.ts"
import { Accounts } from "./Accounts.tsx"
import { Charts } from "./Charts.tsx"
import { Hosts } from "./Hosts.tsx"
import { People, Requests } from "./Pairing.tsx"
import { Paused } from "./Paused.tsx"
import { Permissions } from "./Permissions.tsx"

const LettersHint = () => {
  const count = letters.value.value?.length ?? 0
  return count === 0 ? null : (
    <section class="hint" aria-label="Dead letters">
      <p>
        <strong>{counted(count, "dead letter", "dead letters")}</strong>: what failed for good waits for you.
      </p>
      <a class="button" href={hrefOf({ view: "deadletters" })}>
        Look at {count === 1 ? "it" : "them"}
      </a>
    </section>
  )
}

/** Accounts that nobody but a person can help: on top, and what to do with them below. */
const AccountsHint = () => (
  <>
    {(status.value.value?.accounts ?? [])
      .filter(({ state }) => state === "degraded")
      .map(({ id, lastError, name }) => (
        <section key={id} class="hint" aria-label={`Account ${name ?? id}`}>
          <p>
            <strong>{name ?? id} needs you</strong>: {lastError?.hint || lastError?.message}
          </p>
        </section>
      ))}
  </>
)

const Waiting = ({ delivery }: { readonly delivery: WaitingDelivery }) => (
  <li class="row">
    <div class="what">
      <p class="main">
        <Foreign>{targetName(names.value, delivery.accountId, delivery.target)}</Foreign>
      </p>
      <p class="quiet">
        {accountName(names.value, delivery.accountId)} · waits for{" "}
        <Time at={delivery.acceptedAt} tense="for" />
      </p>
    </div>
  </li>
)

/** They come and go by themselves, so they are below all that has a button. */
const Deliveries = () => {
  const waiting = deliveries.value.value?.waiting ?? []
  return waiting.length === 0 ? null : (
    <Section id="waiting" title="Answers on their way">
      <ul id="waiting" class="rows">
        {waiting.map((delivery) => (
          <Waiting key={delivery.id} delivery={delivery} />
        ))}
      </ul>
    </Section>
  )
}

export const Overview = () => (
  <div class="columns">
    <div class="column">
      <Permissions />
      <Requests />
      <Paused />
      <AccountsHint />
      <LettersHint />
      <Accounts />
      <Hosts />
    </div>
    <div class="column">
      <Charts />
      <People />
      <Deliveries />
    </div>
  </div>
)
