/** The connection that events come through, made again whenever it breaks. */
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { api } from "./api.ts"
import { pauseMs } from "./backoff.ts"
import { isTag, KINDS } from "./eventWords.ts"

/** An event with its time, in Unix ms. */
export interface Happened {
  readonly at: number
  readonly event: GatewayEvent
  /** The host of a cluster on which it happened. */
  readonly host?: string
}

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "reconnecting"; readonly inMs: number }

const parse = (message: MessageEvent<string>): Happened | undefined => {
  if (!isTag(message.type)) return undefined
  const { at, host, ...fields } = JSON.parse(message.data)
  return { at, event: { _tag: message.type, ...fields }, ...(host === undefined ? {} : { host }) }
}

/**
 * Listens for as long as the page is open. `changed` is told every state of the connection; when it is live, whatever
 * was missed meanwhile has to be asked for.
 */
export const listen = (changed: (to: Connection) => void, happened: (what: Happened) => void) => {
  let failures = 0
  let source: EventSource | undefined
  let timer: number | undefined
  let asking = false

  const later = (): void => {
    source?.close()
    source = undefined
    const inMs = pauseMs(failures, Math.random())
    failures++
    changed({ state: "reconnecting", inMs })
    clearTimeout(timer)
    timer = window.setTimeout(connect, inMs)
  }

  const open = (): void => {
    const opened = new EventSource("/events")
    source = opened
    opened.addEventListener("open", () => {
      failures = 0
      changed({ state: "live" })
    })
    opened.addEventListener("error", () => {
      if (source === opened) later()
    })
    for (const name of Object.keys(KINDS)) {
      opened.addEventListener(name, (message: MessageEvent<string>) => {
        const what = parse(message)
        if (what !== undefined) happened(what)
      })
    }
  }

  const connect = (): void => {
    clearTimeout(timer)
    if (asking) return
    asking = true
    // An event source does not say why it failed; a request does, and leads to the login form if that is the reason.
    api
      .status()
      .finally(() => {
        asking = false
      })
      .then(open, later)
  }

  const now = (): void => {
    if (source === undefined) connect()
  }
  window.addEventListener("online", now)
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) now()
  })
  window.addEventListener("pagehide", () => source?.close())
  // A page that comes back out of the browser's cache has to connect anew.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) later()
  })
  changed({ state: "connecting" })
  connect()

  return {
    /** To be called when a request went unanswered: a connection that is silently dead is found out so. */
    suspect: (): void => {
      if (source !== undefined) later()
    }
  }
}
