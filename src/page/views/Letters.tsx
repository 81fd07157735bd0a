/** What failed for good, or may have been sent, by its cause. */
import { useRef, useState } from "preact/hooks"
import type { LetterRecord, LetterWords } from "../../schemas/control/Records.ts"
import { api } from "../api.ts"
import { RequestFailed } from "../failure.ts"
import {
  droppable,
  groupsOf,
  type LetterGroup,
  letterKey,
  outcomeOf,
  retryable,
  UNCERTAIN
} from "../letterGroups.ts"
import { accountName, personName, targetName } from "../names.ts"
import { ask, attempt } from "../notices.ts"
import { Button, Foreign, Person, Time } from "../parts/basics.tsx"
import { type Action, PlacedSection, Row } from "../parts/PlacedList.tsx"
import { usePlaced } from "../parts/usePlaced.ts"
import { letters, names } from "../state.ts"
import { codeWords } from "../words.ts"

const STATUS_WORDS: Readonly<Record<LetterRecord["status"], string>> = {
  dead: "",
  asked: " · will be tried again",
  retrying: " · is being tried again"
}

const AGAIN = "Nobody knows whether it was sent. If it was, it is then sent twice. Look into the chat first."

const chatOf = ({ accountId, chat }: LetterRecord): string => targetName(names.value, accountId, chat)

const nameOf = (letter: LetterRecord): string =>
  `${letter.kind === "turn" ? "turn" : "reply"} ${letter.id}, for ${chatOf(letter)}`

/** Asks where nobody knows whether it was sent before. */
const maySend = (isUncertain: boolean, count: number): Promise<boolean> =>
  isUncertain
    ? ask({
        title: count === 1 ? "Send it again?" : `Send all ${count} again?`,
        text: AGAIN,
        yes: "Send again anyway"
      })
    : Promise.resolve(true)

const retry = (letter: LetterRecord): Action => ({
  label: "Try again",
  about: nameOf(letter),
  act: async () => {
    const isUncertain = letter.code === UNCERTAIN
    if (!(await maySend(isUncertain, 1))) return undefined
    const isDone = await attempt(async () => {
      await api.retry(letter.id, isUncertain)
      return `The ${nameOf(letter)}, is tried again.`
    })
    void letters.ask()
    return isDone ? "Is tried again." : undefined
  }
})

const drop = (letter: LetterRecord): Action => ({
  label: "Drop",
  about: nameOf(letter),
  act: async () => {
    const sure = await ask({
      title: "Drop it?",
      text: `The ${nameOf(letter)}, is forgotten with everything in it, and is never answered.`,
      yes: "Drop"
    })
    if (!sure) return undefined
    const isDone = await attempt(async () => {
      await api.drop(letter.id)
      return `The ${nameOf(letter)}, was dropped.`
    })
    void letters.ask()
    return isDone ? "Dropped." : undefined
  }
})

/** Acts on each, and says how many were done; the first failure stands for the others. */
const onEach = (all: ReadonlyArray<LetterRecord>, act: (id: number) => Promise<unknown>, what: string) =>
  attempt(async () => {
    const failures: Array<string> = []
    for (const { id } of all) {
      await act(id).catch((error: unknown) => {
        if (!(error instanceof RequestFailed) || error.status === 0) throw error
        // It succeeded, or was dropped, since the look.
        if (error.status !== 404) failures.push(error.message)
      })
    }
    return outcomeOf(all.length - failures.length, failures, what)
  }).finally(() => void letters.ask())

const GroupActions = ({ group: { code, letters: all } }: { readonly group: LetterGroup }) => {
  const again = retryable(all)
  const gone = droppable(all)
  if (all.length < 2) return null
  const isUncertain = code === UNCERTAIN
  const retryAll = async (): Promise<void> => {
    const sure = isUncertain
      ? await maySend(true, again.length)
      : await ask({
          title: `Try all ${again.length} again?`,
          text: "Oldest first. Agents are asked again, and what was not sent is sent.",
          yes: "Try all again",
          look: "primary"
        })
    if (sure) await onEach(again, (id) => api.retry(id, isUncertain), "tried again")
  }
  const dropAll = async (): Promise<void> => {
    const sure = await ask({
      title: `Drop all ${gone.length}?`,
      text: "They are forgotten with everything in them, and are never answered.",
      yes: "Drop all"
    })
    if (sure) await onEach(gone, api.drop, "dropped")
  }
  return (
    <div class="actions">
      <Button about={codeWords(code)} act={retryAll} isOff={again.length === 0}>
        Try all again
      </Button>
      <Button about={codeWords(code)} act={dropAll} isOff={gone.length === 0} look="danger">
        Drop all
      </Button>
    </div>
  )
}

const Words = ({ words: { answered, asked, reason, report } }: { readonly words: LetterWords }) => (
  <div class="words">
    {asked.map(({ at, files, sender, senderName, text }, which) => (
      <div key={which}>
        <p class="quiet">
          <Foreign>
            {personName(names.value, sender) === sender
              ? (senderName ?? sender)
              : personName(names.value, sender)}
          </Foreign>
          {at !== null && (
            <>
              {" "}
              · <Time at={at} />
            </>
          )}
        </p>
        <p class="bubble" dir="auto">
          {[text, ...files.map((file) => `File: ${file}`)].filter((line) => line !== "").join("\n")}
        </p>
      </div>
    ))}
    {answered.map(({ detail, state, words }, which) => (
      <div key={which}>
        <p class="quiet">
          the answer, {state === "queued" ? "not sent yet" : state}
          {detail === null ? "" : `: ${detail}`}
        </p>
        <p class="bubble" dir="auto">
          {words ?? "Its words are not kept any more."}
        </p>
      </div>
    ))}
    {report !== reason && (
      <div>
        <p class="quiet">all that is known of why</p>
        <p class="bubble" dir="auto">
          {report}
        </p>
      </div>
    )}
    {asked.length + answered.length === 0 && <p class="quiet">It cannot be read any more.</p>}
  </div>
)

/** The words are asked for only when somebody wants to see them: the audit log has who did. */
const Opened = ({ letter }: { readonly letter: LetterRecord }) => {
  const [words, setWords] = useState<LetterWords | undefined>(undefined)
  const [isOpen, setOpen] = useState(false)
  const toggle = async (): Promise<void> => {
    if (isOpen || words !== undefined) return setOpen(!isOpen)
    try {
      setWords(await api.letter(letter.id))
      setOpen(true)
    } catch (error) {
      await attempt(() => Promise.reject(error))
    }
  }
  return (
    <>
      <button type="button" class="link" aria-expanded={isOpen} onClick={() => void toggle()}>
        {isOpen ? "Hide" : "Show"} what was said<span class="unseen"> in {nameOf(letter)}</span>
      </button>
      {isOpen && words !== undefined && <Words words={words} />}
    </>
  )
}

const row = (letter: LetterRecord, isGone: boolean) => {
  const { accountId, attempts, failedAt, id, kind, reason, sender, status } = letter
  return (
    <Row
      actions={[
        ...(status === "dead" ? [retry(letter)] : []),
        ...(status === "retrying" ? [] : [drop(letter)])
      ]}
      gone={isGone ? "Failed no more." : undefined}
      quiet={
        <>
          {accountName(names.value, accountId)} · {kind === "turn" ? "turn" : "reply"} {id} · failed{" "}
          {attempts === 1 ? "once" : `${attempts} times`}
          {STATUS_WORDS[status]} · last <Time at={failedAt} />
        </>
      }
    >
      <p class="main">
        {sender === undefined ? <Foreign>{`to ${chatOf(letter)}`}</Foreign> : <Person handle={sender} />}
      </p>
      <p>{reason}</p>
      <Opened letter={letter} />
    </Row>
  )
}

const Group = ({ group }: { readonly group: LetterGroup }) => (
  <PlacedSection
    id={`letters-${group.code}`}
    title={`${codeWords(group.code)} (${group.letters.length})`}
    aside={<GroupActions group={group} />}
    items={group.letters}
    keyOf={letterKey}
    render={row}
  />
)

export const Letters = () => {
  const all = letters.value.value
  const list = useRef<HTMLDivElement>(null)
  // A group keeps its place as its rows do.
  const groups = usePlaced(list, groupsOf(all ?? []), ({ code }) => code)
  return (
    <div id="letters" class="column" ref={list}>
      {(all ?? []).length === 0 && (
        <section aria-label="Dead letters">
          <p class="empty">{all === undefined ? "Not known yet." : "Nothing has failed for good."}</p>
        </section>
      )}
      {groups.map(({ goneAt, item, key }) => (
        <Group key={key} group={goneAt === undefined ? item : { ...item, letters: [] }} />
      ))}
    </div>
  )
}
