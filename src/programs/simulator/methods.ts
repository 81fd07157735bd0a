/** Which build has which method, and which of them can be used now. */
import type { Build, Release } from "./Build.ts"
import { isSince } from "./Build.ts"
import type { BridgeState } from "./bridge/BridgeState.ts"
import { whyUnusable } from "./bridge/usable.ts"
import type { Method } from "./Params.ts"

/** What a method needs, and what it does: `mutation` waits its turn behind the others in builds that read meanwhile. */
interface MethodFacts {
  readonly since: Release
  /** The first build that has it no more. */
  readonly until?: Release
  readonly kind: "read" | "mutation"
  /** `listed`: where it can be used. `always`: listed whether or not it can work. */
  readonly needsBridge?: "listed" | "always"
  readonly needsNoDatabase?: true
}

const EVER: Release = [0, 0, 0]
const group = { since: [0, 7, 3], kind: "mutation", needsBridge: "listed" } as const
const rich = { since: [0, 9, 0], kind: "mutation", needsBridge: "listed" } as const
const presence = { kind: "mutation", needsBridge: "always", needsNoDatabase: true } as const

const FACTS: { readonly [M in Method]: MethodFacts } = {
  initialize: { since: [0, 14, 0], kind: "read", needsNoDatabase: true },
  status: { since: [0, 14, 0], kind: "read", needsNoDatabase: true },
  "chats.list": { since: EVER, kind: "read" },
  "chats.get": { since: [0, 15, 0], kind: "read" },
  "messages.history": { since: EVER, kind: "read" },
  "messages.after": { since: [0, 14, 0], kind: "read" },
  "messages.search": { since: [0, 14, 0], kind: "read" },
  "watch.subscribe": { since: EVER, kind: "read" },
  "watch.unsubscribe": { since: EVER, kind: "read", needsNoDatabase: true },
  send: { since: EVER, kind: "mutation" },
  "send.tracked": { since: [0, 14, 2], kind: "mutation", needsBridge: "listed" },
  "send.rich": rich,
  "send.attachment": rich,
  tapback: rich,
  "message.edit": rich,
  "message.unsend": rich,
  "message.send_status": { since: [0, 10, 0], kind: "read" },
  "poll.send": { ...rich, since: [0, 10, 0] },
  "poll.vote": { ...rich, since: [0, 12, 0] },
  "poll.unvote": { ...rich, since: [0, 13, 0] },
  "chats.create": group,
  "chats.markUnread": group,
  "group.rename": group,
  "group.setIcon": group,
  "group.addParticipant": group,
  "group.removeParticipant": group,
  "group.leave": group,
  "handles.check": { since: [0, 10, 0], kind: "read", needsBridge: "listed" },
  "typing.start": { ...presence, since: [0, 5, 0], until: [0, 7, 3] },
  "typing.stop": { ...presence, since: [0, 5, 0], until: [0, 7, 3] },
  typing: { ...presence, since: [0, 7, 3] },
  read: { ...presence, since: [0, 7, 3] }
}

const isMethod = (name: string): name is Method => Object.hasOwn(FACTS, name)

const METHODS: ReadonlyArray<Method> = Object.keys(FACTS).filter(isMethod)

/** The methods that a build knows. */
export const supportedMethods = (build: Build): ReadonlyArray<Method> =>
  METHODS.filter((method) => {
    const { since, until } = FACTS[method]
    return isSince(build, since) && (until === undefined || !isSince(build, until))
  })

/** The method of that name, where the build has it. */
export const methodOf = (build: Build, name: string): Method | undefined =>
  supportedMethods(build).find((method) => method === name)

/** The methods that can be used now, as `status` lists them. */
export const usableMethods = (
  build: Build,
  { bridge, hasDatabase }: { readonly bridge: BridgeState; readonly hasDatabase: boolean }
): ReadonlyArray<Method> =>
  supportedMethods(build).filter((method) => {
    const { needsBridge, needsNoDatabase } = FACTS[method]
    return (
      (needsBridge !== "listed" || whyUnusable(build, bridge, method) === undefined) &&
      (hasDatabase || needsNoDatabase === true)
    )
  })

/** Whether a method waits its turn behind the other changes, in builds that read meanwhile. */
export const isMutation = (name: string): boolean => isMethod(name) && FACTS[name].kind === "mutation"
