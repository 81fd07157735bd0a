/** One chat: what was said in it, what was decided, tried and sent, and a box to write into it. */
import { useEffect, useRef, useState } from "preact/hooks"
import { api } from "../api.ts"
import { type Entry, flowOf } from "../flow.ts"
import { agentName, chatName, chatOfTarget, personName } from "../names.ts"
import { attempt } from "../notices.ts"
import type { ChatKey } from "../ofChat.ts"
import { Foreign, Mark, Section, Time } from "../parts/basics.tsx"
import { hrefOf } from "../route.ts"
import { leftInBox, sentOutcome } from "../sending.ts"
import { chatNow, isLive, letters, names, opened } from "../state.ts"
import { counted } from "../words.ts"

const Message = ({ entry }: { readonly entry: Entry }) => {
  const { at, files, isOurs, notes, sender, senderName, text } = entry
  const name = sender === undefined ? undefined : personName(names.value, sender)
  const who = isOurs ? "this side" : name === sender ? (senderName ?? sender) : name
  return (
    <li class="message" data-ours={isOurs ? "" : undefined}>
      <p class="quiet">
        {who !== undefined && (
          <>
            <Foreign>{who}</Foreign>
            {" · "}
          </>
        )}
        {at !== undefined && <Time at={at} />}
      </p>
      {text === undefined && <p class="quiet">Its words are not known.</p>}
      {text !== undefined && text !== "" && (
        <p class="bubble" dir="auto">
          {text}
        </p>
      )}
      {files.map((file) => (
        <p key={file} class="bubble">
          File: <Foreign>{file}</Foreign>
        </p>
      ))}
      {notes.map(({ tone, words }) => (
        <p key={words} class="note">
          <Mark tone={tone} /> <span>{words}</span>
        </p>
      ))}
    </li>
  )
}

const Flow = () => {
  const end = useRef<HTMLOListElement>(null)
  const said = opened.value?.history.value.value
  const decided = opened.value?.decisions.value.value
  const why = opened.value?.history.failure.value
  // Without its words only once it is known that nobody can ask for them.
  const isPending = said === undefined && why === undefined
  const entries = decided === undefined ? [] : flowOf(said, decided, (id) => agentName(names.value, id))
  const last = entries.at(-1)
  const seen = last === undefined ? "" : `${last.id} ${last.notes.length}`
  // What comes is seen, as in Messages.
  useEffect(() => {
    if (seen !== "") end.current?.scrollTo({ top: end.current.scrollHeight })
  }, [seen])
  return (
    <>
      {why !== undefined && (
        <p class="trouble">
          What was said cannot be asked for: {why.message}. {why.hint}
          {said === undefined ? " What was decided is shown without words." : " This is as it was."}
        </p>
      )}
      {decided === undefined || isPending ? (
        <p class="empty">Not known yet.</p>
      ) : entries.length === 0 ? (
        <p class="empty">Nothing yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        <ol id="flow" class="flow" ref={end} tabIndex={0} aria-label="Messages, oldest first">
          {entries.map((entry) => (
            <Message key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </>
  )
}

/** A name for what is sent: pressed twice, or sent again after no answer came, it is the same message. */
const newName = (): string => `page-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`

const Send = ({ chat }: { readonly chat: ChatKey }) => {
  const [text, setText] = useState("")
  const [busy, setBusy] = useState(false)
  const name = useRef(newName())
  const off = busy || !isLive.value || text.trim() === ""
  const send = async (): Promise<void> => {
    if (off) return
    setBusy(true)
    await attempt(async () => {
      const result = await api.send(chat, name.current, text)
      // The gateway knows this one, however it ended: the same words again are another message.
      name.current = newName()
      setText((typed) => leftInBox(result.state, text, typed))
      void chatNow()
      return sentOutcome(result)
    })
    setBusy(false)
  }
  return (
    <form
      class="send"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label for="send-text">Write into this chat, as the account</label>
      <textarea
        id="send-text"
        rows={2}
        value={text}
        onInput={({ currentTarget }) => {
          // Other words are another message.
          name.current = newName()
          setText(currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return
          event.preventDefault()
          void send()
        }}
      />
      <div class="actions">
        <button type="submit" class="primary" aria-disabled={off ? "true" : undefined}>
          Send
        </button>
        <span class="quiet">Ctrl or ⌘ and Enter send it too.</span>
      </div>
    </form>
  )
}

const Failures = ({ chat }: { readonly chat: ChatKey }) => {
  const record = names.value.chats.find((one) => one.accountId === chat.accountId && one.id === chat.id)
  const failed = (letters.value.value ?? []).filter(
    (letter) =>
      letter.accountId === chat.accountId &&
      (letter.chat === `chat_id:${chat.id}` ||
        (record !== undefined &&
          chatOfTarget({ chats: [record] }, letter.accountId, letter.chat) !== undefined))
  ).length
  return failed === 0 ? null : (
    <p class="trouble">
      <a href={hrefOf({ view: "deadletters" })}>{counted(failed, "dead letter", "dead letters")}</a> of this
      chat
    </p>
  )
}

export const Chat = ({ chat }: { readonly chat: ChatKey }) => {
  const record = names.value.chats.find((one) => one.accountId === chat.accountId && one.id === chat.id)
  const title = record === undefined ? `Chat ${chat.id}` : chatName(names.value, record)
  return (
    <Section
      id="chat"
      title={title}
      aside={
        <a class="back button" href={hrefOf({ view: "conversations" })}>
          All chats
        </a>
      }
    >
      <Failures chat={chat} />
      <Flow />
      <Send chat={chat} />
    </Section>
  )
}
