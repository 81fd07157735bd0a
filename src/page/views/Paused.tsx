/** Chats that are paused because they give the gateway's own words back, or by order. */
import type { PausedChatReport } from "../../schemas/control/Status.ts"
import { api } from "../api.ts"
import { accountName, targetName } from "../names.ts"
import { ask, attempt } from "../notices.ts"
import { Foreign, Time } from "../parts/basics.tsx"
import { type Action, PlacedSection, Row } from "../parts/PlacedList.tsx"
import { names, status } from "../state.ts"

const resume = (paused: PausedChatReport): Action => ({
  label: "Resume",
  about: targetName(names.value, paused.accountId, paused.chat),
  act: async () => {
    const sure = await ask({
      title: `Resume ${targetName(names.value, paused.accountId, paused.chat)}?`,
      text: `What waits in the chat ${paused.chat} of ${accountName(names.value, paused.accountId)} is answered, and what is written there from then on.`,
      yes: "Resume chat",
      look: "primary"
    })
    if (!sure) return undefined
    const isDone = await attempt(async () => {
      await api.resumeChat(paused)
      return `${targetName(names.value, paused.accountId, paused.chat)} goes on: what waits there is answered.`
    })
    void status.ask()
    return isDone ? "Goes on." : undefined
  }
})

const often = (times: number): string => (times === 1 ? "once" : `${times} times`)

const chat = (paused: PausedChatReport, isGone: boolean) => {
  const { accountId, since, times, until } = paused
  const byOrder = times === 0
  return (
    <Row
      actions={[resume(paused)]}
      gone={isGone ? "Goes on." : undefined}
      quiet={
        <>
          {accountName(names.value, accountId)} · {paused.chat} · paused{" "}
          {byOrder ? "" : `${often(times)} lately, last `}
          <Time at={since} /> ·{" "}
          {until === null ? (
            "until you resume it"
          ) : (
            <>
              goes on <Time at={until} />
            </>
          )}
        </>
      }
    >
      <p class="main">
        <Foreign>{targetName(names.value, accountId, paused.chat)}</Foreign>
      </p>
      <p>
        {byOrder
          ? "An owner has paused it, so nothing is answered there for now."
          : "It gives back what the gateway says, so nothing is answered there for now."}
      </p>
    </Row>
  )
}

/** The chats that are paused, if any are. */
export const Paused = () => (
  <PlacedSection
    id="paused"
    title="Paused chats"
    items={status.value.value?.paused ?? []}
    keyOf={({ accountId, chat, since }) => JSON.stringify([accountId, chat, since])}
    render={chat}
  />
)
