/** What is asked of imsg for a part, in the best form that the child can do now. Nothing here waits or writes. */
import type { Effect } from "effect"
import type { Act, CreateChat, Poll } from "../../../schemas/Act.ts"
import { BridgeMethods, type Manner } from "../../../schemas/BridgeMethods.ts"
import { type Capabilities, can } from "../../../schemas/Capabilities.ts"
import type { Part } from "../../../schemas/Delivery.ts"
import type { ChatTarget, Method } from "../../../schemas/ImsgMethod.ts"
import { Methods } from "../../../schemas/ImsgProtocol.ts"
import { type Destination, type Target, toChatTarget, toSendTarget } from "../../../schemas/Target.ts"
import { knowsTapback, tapbackName } from "../../../schemas/tapback.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { ofNewChat } from "./newChat.ts"
import type { Form } from "./outcome.ts"

/** What is answered: the ids of a row where there is one and it is named; `ok` is false where imsg is not sure. */
interface Done {
  readonly guid?: string
  readonly id?: number
  readonly ok?: boolean
}

/** A request for a part. */
export interface PartRequest {
  readonly method: string
  /** What else could be asked for where it was not begun; of an act there is nothing else. */
  readonly form: Form
  /** The guid that its row will have, where it was chosen. */
  readonly guid?: string
  readonly params: object
  readonly ask: (session: ImsgSession, timeoutMs: number) => Effect.Effect<Done, RequestError>
}

/** Why a part is left out. */
export interface CannotDo {
  readonly why: string
}

/** Where and how a part is to be said. */
export interface Terms {
  readonly target: Destination
  /** A two-letter country code, for numbers without one. */
  readonly region: string
  /** Whether only words and files may be sent, in the form that every build knows: a richer one was refused. */
  readonly isPlain: boolean
  /** Whether what needs no bridge is to go by none: up to 0.13 imsg sends once more itself where a bridge fails it. */
  readonly avoidsBridge: boolean
  /** The guid that a text is to have, where the child tracks what it sends. */
  readonly guid: string | undefined
}

/** The same of what can be sent to. */
interface SayTerms extends Terms {
  readonly target: Target
}

const asking =
  (form: Form) =>
  <P extends object, A extends Done, I>(method: Method<P, A, I>, params: P, guid?: string): PartRequest => ({
    method: method.name,
    form,
    params,
    ...(guid === undefined ? {} : { guid }),
    ask: (session, timeoutMs) => session.request(method, params, timeoutMs)
  })
const bare = asking("bare")
const bridged = asking("bridged")
const doing = asking("act")

/** A poll where there are none: people answer with the number, or in words. */
export const pollAsText = ({ options, question }: Poll): string =>
  [question, ...options.map((option, index) => `${index + 1}. ${option}`)].join("\n")

/** Where a `send` goes that every build knows, and how. */
const sendTo = ({ avoidsBridge, region, target }: SayTerms) => ({
  ...toSendTarget(target, region),
  ...(avoidsBridge ? { transport: "applescript" as const } : {})
})

const mannerOf = ({ format, replyTo }: Extract<Part, { readonly _tag: "Text" }>): Manner => ({
  ...(replyTo === undefined ? {} : { reply_to: replyTo }),
  ...(format === undefined || format.length === 0 ? {} : { text_formatting: format })
})

const ofText = (
  part: Extract<Part, { readonly _tag: "Text" }>,
  terms: SayTerms,
  chat: ChatTarget | undefined,
  capabilities: Capabilities
): PartRequest => {
  const { effect, text } = part
  const { guid, isPlain } = terms
  const plain = bare(Methods.send, { ...sendTo(terms), text })
  if (chat === undefined || isPlain) return plain
  const manner = mannerOf(part)
  const isRich = can(capabilities, BridgeMethods.sendRich)
  if (isRich && effect !== undefined)
    return bridged(BridgeMethods.sendRich, { ...chat, ...manner, text, effect })
  if (guid !== undefined && can(capabilities, BridgeMethods.sendTracked)) {
    return bridged(BridgeMethods.sendTracked, { ...chat, ...manner, text, attempt_id: guid }, guid)
  }
  return isRich && Object.keys(manner).length > 0
    ? bridged(BridgeMethods.sendRich, { ...chat, ...manner, text })
    : plain
}

const ofFile = (
  { path: file, replyTo, voice }: Extract<Part, { readonly _tag: "File" }>,
  terms: SayTerms,
  chat: ChatTarget | undefined,
  capabilities: Capabilities
): PartRequest =>
  chat !== undefined &&
  !terms.isPlain &&
  (voice === true || replyTo !== undefined) &&
  can(capabilities, BridgeMethods.sendAttachment)
    ? bridged(BridgeMethods.sendAttachment, {
        ...chat,
        file,
        ...(voice === true ? { audio: true } : {}),
        ...(replyTo === undefined ? {} : { reply_to: replyTo })
      })
    : bare(Methods.send, { ...sendTo(terms), file })

const ofPoll = (
  { options, question, replyTo }: Extract<Part, { readonly _tag: "Poll" }>,
  terms: SayTerms,
  chat: ChatTarget | undefined,
  capabilities: Capabilities
): PartRequest =>
  chat !== undefined && !terms.isPlain && can(capabilities, BridgeMethods.pollSend)
    ? bridged(BridgeMethods.pollSend, {
        ...chat,
        question,
        options,
        ...(replyTo === undefined ? {} : { reply_to: replyTo })
      })
    : bare(Methods.send, { ...sendTo(terms), text: pollAsText({ options, question }) })

/** An act as a request; nothing where a tapback is an emoji that this bridge does not know. */
const ofAct = (
  act: Exclude<Act, CreateChat>,
  chat: ChatTarget,
  capabilities: Capabilities
): PartRequest | undefined => {
  switch (act._tag) {
    case "React": {
      const name = tapbackName(act.reaction)
      if (!knowsTapback(capabilities, act.reaction)) return undefined
      return doing(BridgeMethods.tapback, {
        ...chat,
        message_id: act.guid,
        ...(name === undefined ? { emoji: act.reaction } : { reaction: name }),
        ...(act.remove === true ? { remove: true } : {})
      })
    }
    case "Edit":
      return doing(BridgeMethods.messageEdit, { ...chat, message_id: act.guid, text: act.text })
    case "Unsend":
      return doing(BridgeMethods.messageUnsend, { ...chat, message_id: act.guid })
    case "Vote": {
      const option = typeof act.option === "number" ? { option_index: act.option } : { option: act.option }
      const vote = { ...chat, poll_guid: act.guid, ...option }
      return doing(act.remove === true ? BridgeMethods.pollUnvote : BridgeMethods.pollVote, vote)
    }
    case "Rename":
      return doing(BridgeMethods.groupRename, { ...chat, name: act.name })
    case "SetIcon":
      return doing(BridgeMethods.groupSetIcon, {
        ...chat,
        ...(act.path === undefined ? {} : { file: act.path })
      })
    case "AddMember":
      return doing(BridgeMethods.groupAdd, { ...chat, address: act.handle })
    case "RemoveMember":
      return doing(BridgeMethods.groupRemove, { ...chat, address: act.handle })
    case "Leave":
      return doing(BridgeMethods.groupLeave, chat)
  }
}

const chatTarget = (target: Target): ChatTarget | undefined =>
  target._tag === "Handle" ? undefined : toChatTarget(target)

const NO_CHAT: CannotDo = { why: "there is no chat yet in which it could be done" }

/** The request, where the bridge has it now. */
const where =
  ({ methods }: Capabilities) =>
  (request: PartRequest): PartRequest | CannotDo =>
    methods.has(request.method)
      ? request
      : { why: `this Mac's imsg cannot do it (${request.method}): it needs the private bridge` }

/** What to ask for a part; words are always said, what is done is left out where the Mac cannot. */
export const requestFor = (part: Part, terms: Terms, capabilities: Capabilities): PartRequest | CannotDo => {
  const inBridge = where(capabilities)
  if (part._tag === "CreateChat") return inBridge(ofNewChat(part))
  const { target } = terms
  if (target._tag === "NewChat") return NO_CHAT
  const chat = chatTarget(target)
  switch (part._tag) {
    case "Text":
      return ofText(part, { ...terms, target }, chat, capabilities)
    case "File":
      return ofFile(part, { ...terms, target }, chat, capabilities)
    case "Poll":
      return ofPoll(part, { ...terms, target }, chat, capabilities)
    default: {
      if (chat === undefined) return NO_CHAT
      const request = ofAct(part, chat, capabilities)
      return request === undefined
        ? { why: `this Mac's imsg knows no tapback ${"reaction" in part ? part.reaction : ""}` }
        : inBridge(request)
    }
  }
}
