/** Chats that are paused because they give the gateway's own words back, or by order. */
import type { PausedChatReport } from "../../schemas/control/Status.ts"
import { api } from "../api.ts"
import { accountName, targetName } from "../names.ts"
import { attempt } from "../notices.ts"
import { Foreign, Section, Time } from "../parts/basics.tsx"
import { type Action, PlacedList, Row } from "../parts/PlacedList.tsx"
import { names, status } from "../state.ts"

const resume = (paused: PausedChatReport): Action => ({
  label: "Resume",
  about: targetName(names.value, paused.accountId, paused.chat),
  act: async () => {
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

/** The chats that are paused. */
export const Paused = () => (
  <Section id="paused" title="Paused chats">
    <PlacedList
      id="paused"
      items={status.value.value?.paused ?? []}
      keyOf={({ accountId, chat, since }) => JSON.stringify([accountId, chat, since])}
      render={chat}
      empty="None."
    />
  </Section>
)
