/** Which view is open: it stands in the address, so that the browser's own buttons and bookmarks work. */

export type Route =
  | { readonly view: "overview" | "agents" | "deadletters" | "events" | "config" }
  /** A chat is known by its account and its rowid. */
  | { readonly view: "conversations"; readonly chat?: { readonly accountId: string; readonly id: number } }
export type View = Route["view"]

/** The views as people call them. */
export const VIEWS: Readonly<Record<View, string>> = {
  overview: "Overview",
  conversations: "Conversations",
  agents: "Agents",
  deadletters: "Dead letters",
  events: "Events",
  config: "Config"
}

export const VIEW_ORDER: ReadonlyArray<View> = [
  "overview",
  "conversations",
  "agents",
  "deadletters",
  "events",
  "config"
]

const isView = (text: string): text is View => Object.hasOwn(VIEWS, text)

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The route of an address's part after `#`; what is no view is the overview. */
export const routeOf = (hash: string): Route => {
  const [view = "", accountId = "", id = ""] = hash.replace(/^#?\/?/u, "").split("/")
  if (!isView(view)) return { view: "overview" }
  if (view !== "conversations") return { view }
  return accountId !== "" && /^\d{1,15}$/u.test(id)
    ? { view, chat: { accountId: decoded(accountId), id: Number(id) } }
    : { view }
}

/** The address of a route. */
export const hrefOf = (route: Route): string =>
  "chat" in route && route.chat !== undefined
    ? `#/conversations/${encodeURIComponent(route.chat.accountId)}/${route.chat.id}`
    : `#/${route.view}`
