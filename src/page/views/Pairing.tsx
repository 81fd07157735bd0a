/** Strangers who ask to be let in, and people who were. */
import { api, type PairingApproval, type PairingRequest } from "../api.ts"
import { accountName, personName } from "../names.ts"
import { ask, attempt } from "../notices.ts"
import { Person, Time } from "../parts/basics.tsx"
import { type Action, PlacedSection, Row } from "../parts/PlacedList.tsx"
import { approvals, names, requests } from "../state.ts"

const changed = () => Promise.all([requests.ask(), approvals.ask()])

/** Does what a row is for; answers what became of it, or nothing where it failed. */
const decide = async (
  act: () => Promise<unknown>,
  outcome: string,
  told: string
): Promise<string | undefined> => {
  const isDone = await attempt(async () => {
    await act()
    return told
  })
  void changed()
  return isDone ? outcome : undefined
}

const requestActions = ({ accountId, code, sender }: PairingRequest): ReadonlyArray<Action> => {
  const who = personName(names.value, sender)
  return [
    {
      label: "Approve",
      about: sender,
      look: "primary",
      act: async () => {
        const sure = await ask({
          title: `Let ${sender} in?`,
          text: `They have the code ${code}. What they write to ${accountName(names.value, accountId)} is answered from then on, and they are told so.`,
          yes: "Let in",
          look: "primary"
        })
        return sure
          ? decide(() => api.approve(code), "Let in.", `${who} is let in, and is told so.`)
          : undefined
      }
    },
    {
      label: "Reject",
      about: sender,
      look: "danger",
      act: async () => {
        const sure = await ask({
          title: `Reject ${sender}?`,
          text: `Their code ${code} is of no use any more, and they are not told. They can ask ${accountName(names.value, accountId)} again.`,
          yes: "Reject"
        })
        return sure
          ? decide(() => api.reject(code), "Not let in.", `${who} is not let in, and is not told.`)
          : undefined
      }
    }
  ]
}

const request = (one: PairingRequest, isGone: boolean) => {
  const { accountId, code, createdAt, expiresAt, lastSeenAt, sender } = one
  return (
    <Row
      actions={requestActions(one)}
      gone={isGone ? (expiresAt <= Date.now() ? "Expired." : "Decided elsewhere.") : undefined}
      quiet={
        <>
          {accountName(names.value, accountId)} · asked <Time at={createdAt} /> · last wrote{" "}
          <Time at={lastSeenAt} /> · expires <Time at={expiresAt} />
        </>
      }
    >
      <p class="main">
        <Person handle={sender} /> <code>{code}</code>
      </p>
    </Row>
  )
}

export const Requests = () => (
  <PlacedSection
    id="requests"
    title="People who ask to be let in"
    items={requests.value.value ?? []}
    keyOf={({ code }) => code}
    render={request}
    empty={requests.value.value === undefined ? "Not known yet." : "Nobody waits for approval."}
  />
)

const revoke = ({ accountId, sender }: PairingApproval): Action => ({
  label: "Revoke",
  about: sender,
  act: async () => {
    const sure = await ask({
      title: `Revoke ${sender}?`,
      text: `What they write to ${accountName(names.value, accountId)} is not answered any more. They can ask to be let in again.`,
      yes: "Revoke"
    })
    if (!sure) return undefined
    const who = personName(names.value, sender)
    return decide(() => api.revoke({ accountId, sender }), "Let in no more.", `${who} is let in no more.`)
  }
})

const person = (one: PairingApproval, isGone: boolean) => (
  <Row
    actions={[revoke(one)]}
    gone={isGone ? "Let in no more." : undefined}
    quiet={
      <>
        {accountName(names.value, one.accountId)} · let in <Time at={one.approvedAt} />
      </>
    }
  >
    <p class="main">
      <Person handle={one.sender} />
    </p>
  </Row>
)

export const People = () => (
  <PlacedSection
    id="people"
    title="People who were let in"
    items={approvals.value.value ?? []}
    keyOf={({ accountId, approvedAt, sender }) => JSON.stringify([accountId, sender, approvedAt])}
    render={person}
  />
)
