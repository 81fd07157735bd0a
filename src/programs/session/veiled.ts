/** What agents are told, without codes by which owners decide. Pure. */
import type { Envelope } from "../../schemas/Envelope.ts"
import type { Poll } from "../../schemas/Poll.ts"
import type { Reaction } from "../../schemas/Reaction.ts"

/** Veils the codes of a text. */
export type Veil = (text: string) => string

const ofOption = <O extends { readonly text?: string }>(option: O, veil: Veil): O =>
  option.text === undefined ? option : { ...option, text: veil(option.text) }

const ofReaction = ({ to, ...reaction }: Reaction, veil: Veil): Reaction => ({
  ...reaction,
  ...(reaction.options === undefined ? {} : { options: reaction.options.map((one) => ofOption(one, veil)) }),
  to: to.text === undefined ? to : { ...to, text: veil(to.text) }
})

const ofPoll = ({ options, question, ...poll }: Poll, veil: Veil): Poll => ({
  ...poll,
  ...(question === undefined ? {} : { question: veil(question) }),
  options: options.map((one) => ofOption(one, veil))
})

/** A message without codes: who replies to a question, or reacts to it, quotes it, and codes are for no agent. */
export const veiled = <M extends Pick<Envelope, "text" | "replyTo" | "reaction" | "poll">>(
  message: M,
  veil: Veil
): M => {
  const { poll, reaction, replyTo } = message
  return {
    ...message,
    text: veil(message.text),
    ...(replyTo === undefined ? {} : { replyTo: { ...replyTo, text: veil(replyTo.text) } }),
    ...(reaction === undefined ? {} : { reaction: ofReaction(reaction, veil) }),
    ...(poll === undefined ? {} : { poll: ofPoll(poll, veil) })
  }
}
