/** Chats with people by name, and what happened in one of them. */
import type { ChatRecord, LetterRecord } from "../../schemas/control/Records.ts"
import { accountName, chatName, chatOfTarget } from "../names.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { hrefOf } from "../route.ts"
import { chats, letters, names, openChat, status, unasked } from "../state.ts"
import { counted } from "../words.ts"
import { Chat } from "./Chat.tsx"

const lettersOf = (chat: ChatRecord): ReadonlyArray<LetterRecord> =>
  (letters.value.value ?? []).filter(
    (letter) => chatOfTarget({ chats: [chat] }, letter.accountId, letter.chat) !== undefined
  )

const Item = ({ chat }: { readonly chat: ChatRecord }) => {
  const { accountId, id, lastMessageAt } = chat
  const failed = lettersOf(chat).length
  const isOpen = openChat.value?.accountId === accountId && openChat.value.id === id
  const several = (status.value.value?.accounts.length ?? 0) > 1
  return (
    <li>
      <a
        href={hrefOf({ view: "conversations", chat: { accountId, id } })}
        aria-current={isOpen ? "true" : undefined}
      >
        <span class="main">
          <Foreign>{chatName(names.value, chat)}</Foreign>
        </span>
        <span class="quiet">
          {several ? `${accountName(names.value, accountId)} · ` : ""}
          {chat.isGroup ? `group of ${chat.participants.length} · ` : ""}
          {lastMessageAt === undefined ? "nothing said yet" : <Time at={lastMessageAt} />}
        </span>
        {failed > 0 && (
          <span class="failed">
            <Mark tone="bad" /> {counted(failed, "failure", "failures")}
          </span>
        )}
      </a>
    </li>
  )
}

/** Accounts that cannot be asked, and why. */
const Unasked = () => (
  <>
    {unasked.value.map(({ accountId, why }) => (
      <p key={accountId} class="trouble">
        The chats of {accountName(names.value, accountId)} cannot be asked for: {why.message}. {why.hint}
      </p>
    ))}
  </>
)

const List = () => {
  const all = chats.value.value
  return (
    <Section id="chats" title="Chats">
      <Unasked />
      {all === undefined && <p class="empty">Not known yet.</p>}
      {all?.length === 0 && <p class="empty">None.</p>}
      <ul id="chats" class="chats">
        {(all ?? []).map((chat) => (
          <Item key={`${chat.accountId} ${chat.id}`} chat={chat} />
        ))}
      </ul>
    </Section>
  )
}

export const Conversations = () => {
  const chat = openChat.value
  return (
    <div class="conversations" data-open={chat === undefined ? undefined : ""}>
      <List />
      {chat === undefined ? (
        <section class="nothing" aria-label="No chat is open">
          <p class="empty">Open a chat to see what was said, decided, tried and sent in it.</p>
        </section>
      ) : (
        <Chat key={`${chat.accountId} ${chat.id}`} chat={chat} />
      )}
    </div>
  )
}
