/** What whoever asks the gateway may do through it. */
import { Schema } from "effect"

/**
 * `chat`: to see, read and write to the chats that the config admits; `read`: to see and read every chat; `send`: to write
 * to anybody; `group`: to change groups and to make them, among those that the config admits, or with `send` any; `admin`: all
 * of it, and all that the gateway's own interface does. Approvals are in `admin` alone.
 */
export const Scope = Schema.Literal("chat", "read", "send", "group", "admin")
export type Scope = typeof Scope.Type

/** All there are, in the order in which they are listed. */
export const SCOPES = Scope.literals

/** The one chat that something may be done in, by its account and its rowid. */
export interface OnlyChat {
  readonly accountId: string
  readonly chatId: number
}

/** No chat at all: rowids begin at 1, and every account has a name. */
export const NO_CHAT: OnlyChat = { accountId: "", chatId: 0 }

/** Who asks, where it is not the gateway's own user: whoever has a token, by its number, or an agent that works for a turn. */
type Caller =
  | { readonly _tag: "Token"; readonly number: number }
  | { readonly _tag: "Agent"; readonly agentId: string }

/**
 * `only` narrows the scope `chat` to one; it is that of the turn which an agent works for. `by` is absent for the
 * gateway's own user: what one caller sends is known to no other.
 */
export interface Grant {
  readonly scopes: ReadonlyArray<Scope>
  readonly only?: OnlyChat
  readonly by?: Caller
}

/** What the gateway's own user may do. */
export const OWNERS_GRANT: Grant = { scopes: ["admin"] }

/** Whether a grant has one of these scopes. `admin` is all of them. */
export const isGranted = ({ scopes }: Grant, wanted: ReadonlyArray<Scope>): boolean =>
  scopes.includes("admin") || wanted.some((scope) => scopes.includes(scope))

/** Whether a grant is worth all that the gateway's own user may do. */
export const isAdmin = (grant: Grant): boolean => isGranted(grant, [])

/** Scopes as they are kept and shown: each once, in their order, and what `admin` is worth anyway left out. */
export const inOrder = (scopes: ReadonlyArray<Scope>): ReadonlyArray<Scope> =>
  scopes.includes("admin") ? ["admin"] : SCOPES.filter((scope) => scopes.includes(scope))

/** What a token is worth, for people. */
export const scopesInWords = (scopes: ReadonlyArray<Scope>): string =>
  scopes.includes("admin") ? "for everything" : `for ${scopes.length === 0 ? "nothing" : scopes.join(", ")}`

const callerIn = ({ by }: Grant): string => {
  switch (by?._tag) {
    case undefined:
      return "owner"
    case "Token":
      return `token:${by.number}`
    case "Agent":
      return `agent:${encodeURIComponent(by.agentId)}`
  }
}

/** A text that is equal for equal callers alone, and one word. An agent is another caller in each chat. */
export const callerKey = (grant: Grant): string => {
  const { only } = grant
  return only === undefined
    ? callerIn(grant)
    : `${callerIn(grant)}:${encodeURIComponent(only.accountId)}:${only.chatId}`
}

/** Whether two grants are the same to the same caller. */
export const isSameGrant = (one: Grant, other: Grant): boolean =>
  callerKey(one) === callerKey(other) && one.scopes.join() === other.scopes.join()
