/** The page: a frame with a navigation, and the view that is open. */
import { type JSX, render } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { api } from "./api.ts"
import { byId } from "./byId.ts"
import { announcement, notice, tellFailure } from "./notices.ts"
import { Mark } from "./parts/basics.tsx"
import { QuestionDialog } from "./parts/Question.tsx"
import { hrefOf, VIEW_ORDER, VIEWS, type View } from "./route.ts"
import { connection, isLive, letters, lostAt, permissions, requests, route, run, status } from "./state.ts"
import { Agents } from "./views/Agents.tsx"
import { Config } from "./views/Config.tsx"
import { Conversations } from "./views/Conversations.tsx"
import { Events } from "./views/Events.tsx"
import { Letters } from "./views/Letters.tsx"
import { Overview } from "./views/Overview.tsx"
import { CONNECTION_WORDS, needing, spanOf, summaryOf } from "./words.ts"

/** What a view has that waits for a person. */
const waiting = (view: View): number => {
  if (view === "deadletters") return letters.value.value?.length ?? 0
  const asked = [...(permissions.value.value ?? []), ...(requests.value.value ?? [])]
  return view === "overview" ? needing(status.value.value, asked) : 0
}

const Navigation = () => (
  <nav aria-label="Views">
    <ul>
      {VIEW_ORDER.map((view) => (
        <li key={view}>
          <a href={hrefOf({ view })} aria-current={route.value.view === view ? "page" : undefined}>
            {VIEWS[view]}
            {waiting(view) > 0 && (
              <span class="count">
                {waiting(view)}
                <span class="unseen"> waiting for you</span>
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

const logout = async (): Promise<void> => {
  try {
    await api.logout()
    location.replace("/login")
  } catch (error) {
    tellFailure(error)
  }
}

const Header = () => (
  <header>
    <div class="title">
      <p class="brand">imsg-gateway</p>
      <p id="connection" class="connection" role="status" data-state={connection.value.state}>
        <Mark tone="" />
        <span>{CONNECTION_WORDS[connection.value.state]}</span>
      </p>
    </div>
    <button id="logout" type="button" onClick={() => void logout()}>
      Sign out
    </button>
    <p id="summary" class="quiet">
      {status.value.value === undefined ? "" : summaryOf(status.value.value)}
    </p>
    <Navigation />
  </header>
)

/** Says that what is shown may not be so any more. */
const Lost = () => {
  const since = lostAt.value
  const to = connection.value
  return (
    <div id="lost" class="lost" role="status" hidden={since === undefined}>
      {since !== undefined && (
        <p>
          <strong>The gateway does not answer.</strong> What you see is as it was at{" "}
          {new Date(since).toLocaleTimeString()}; nothing can be done until it is back.{" "}
          {to.state === "reconnecting"
            ? `It is asked again in ${spanOf(to.inMs + 999)}.`
            : "It is asked now."}
        </p>
      )}
    </div>
  )
}

const NoticeBar = () => {
  const told = notice.value
  return (
    <div
      id="notice"
      class="notice"
      role="status"
      aria-live="polite"
      data-tone={told?.tone}
      hidden={told === undefined}
    >
      <p>
        {told?.lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
      <button
        type="button"
        onClick={() => {
          notice.value = undefined
        }}
      >
        Dismiss
      </button>
    </div>
  )
}

const VIEW: Readonly<Record<View, () => JSX.Element>> = {
  overview: Overview,
  conversations: Conversations,
  agents: Agents,
  deadletters: Letters,
  events: Events,
  config: Config
}

const Main = () => {
  const { view } = route.value
  const title = useRef<HTMLHeadingElement>(null)
  const before = useRef(view)
  useEffect(() => {
    document.title = `${VIEWS[view]} – imsg-gateway`
    // Who follows a link is where it leads to.
    if (before.current !== view) title.current?.focus()
    before.current = view
  }, [view])
  const Shown = VIEW[view]
  return (
    <main id="main" data-stale={isLive.value || lostAt.value === undefined ? undefined : ""}>
      <h1 ref={title} tabIndex={-1}>
        {VIEWS[view]}
      </h1>
      <Shown />
    </main>
  )
}

const Page = () => (
  <>
    <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>("h1")?.focus()}>
      To the content
    </button>
    <Header />
    <Lost />
    <p id="announcements" class="unseen" role="status" aria-live="polite">
      {announcement.value}
    </p>
    <Main />
    <NoticeBar />
    <QuestionDialog />
  </>
)

run()
render(<Page />, byId("page", HTMLDivElement))
