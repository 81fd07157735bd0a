/** What agents ask leave for, and what was decided. What they call it is text, whatever is in it. */
import type { PermissionRecord } from "../../schemas/Permission.ts"
import { kindInWords, leaveInWords } from "../../schemas/permissionWords.ts"
import { api } from "../api.ts"
import { accountName, agentName, targetName } from "../names.ts"
import { ask, attempt } from "../notices.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { type Action, PlacedSection, Row } from "../parts/PlacedList.tsx"
import { decisions, names, permissions } from "../state.ts"

/** Does what a button is for; answers what became of the request, or nothing where it failed. */
const decide = async (code: string, allowed: boolean, who: string): Promise<string | undefined> => {
  const isDone = await attempt(async () => {
    await (allowed ? api.allow(code) : api.deny(code))
    return `${who} ${allowed ? "may do that, this once" : "may not do that"}.`
  })
  void Promise.all([permissions.ask(), decisions.ask()])
  return isDone ? (allowed ? "Allowed, this once." : "Refused.") : undefined
}

const wanted = ({ agentId, kind }: PermissionRecord): string =>
  `${agentName(names.value, agentId)} wants to ${kindInWords[kind]}`

const place = ({ accountId, chat }: PermissionRecord): string =>
  `${targetName(names.value, accountId, chat)}, ${accountName(names.value, accountId)}`

const actionsOf = (record: PermissionRecord): ReadonlyArray<Action> => {
  const { agentId, code, kind, number, title } = record
  if (code === null) return []
  const who = agentName(names.value, agentId)
  const about = `${kindInWords[kind]}, request ${number}`
  const what = title === "" ? "It does not say what." : title
  return [
    {
      label: "Allow",
      about,
      look: "primary",
      act: async () => {
        const sure = await ask({
          title: `Let ${who} ${kindInWords[kind]}?`,
          text: `${what} — for ${place(record)}, this once.`,
          yes: "Allow",
          look: "primary"
        })
        return sure ? decide(code, true, who) : undefined
      }
    },
    {
      label: "Deny",
      about,
      look: "danger",
      act: async () => {
        const sure = await ask({
          title: `Refuse ${who} to ${kindInWords[kind]}?`,
          text: `${what} — for ${place(record)}. The agent is told, and goes on without.`,
          yes: "Deny"
        })
        return sure ? decide(code, false, who) : undefined
      }
    }
  ]
}

const request = (record: PermissionRecord, isGone: boolean) => {
  const { askedAt, expiresAt, title } = record
  const isOver = expiresAt !== null && expiresAt <= Date.now()
  return (
    <Row
      actions={actionsOf(record)}
      gone={isGone ? (isOver ? "Its time is over: refused." : "Decided elsewhere.") : undefined}
      quiet={
        <>
          for <Foreign>{place(record)}</Foreign> · asked <Time at={askedAt} />
          {expiresAt !== null && (
            <>
              {" "}
              · refused <Time at={expiresAt} />
            </>
          )}
        </>
      }
    >
      <p class="main">{wanted(record)}</p>
      {title !== "" && (
        <p class="main">
          <code>
            <Foreign>{title}</Foreign>
          </code>
        </p>
      )}
    </Row>
  )
}

/** What waits for somebody; nothing where nothing does. */
export const Permissions = () => (
  <PlacedSection
    id="permissions"
    title="Agents that ask for leave"
    items={permissions.value.value ?? []}
    keyOf={({ number }) => String(number)}
    render={request}
  />
)

const Decided = ({ record }: { readonly record: PermissionRecord }) => {
  const { agentId, decided, kind, title } = record
  if (decided === null) return null
  const { allowed, at, by, reason } = decided
  return (
    <li class="row">
      <div class="what">
        <p class="main">
          <Mark tone={allowed ? "good" : "plain"} />
          {agentName(names.value, agentId)}: {kindInWords[kind]}
          {title !== "" && (
            <>
              {" "}
              <code>
                <Foreign>{title}</Foreign>
              </code>
            </>
          )}
        </p>
        <p class="quiet">
          {leaveInWords(allowed, reason)}
          {by !== null && (
            <>
              {" "}
              (<Foreign>{by}</Foreign>)
            </>
          )}{" "}
          · for <Foreign>{place(record)}</Foreign> · <Time at={at} />
        </p>
      </div>
    </li>
  )
}

/** What was decided, newest first; nothing where no agent has ever asked. */
export const Decisions = () => {
  const all = decisions.value.value ?? []
  return all.length === 0 ? null : (
    <Section id="leave" title="What they asked leave for">
      <ul id="leave" class="rows">
        {all.map((record) => (
          <Decided key={record.number} record={record} />
        ))}
      </ul>
    </Section>
  )
}
