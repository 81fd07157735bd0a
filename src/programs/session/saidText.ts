/** What an agent writes, as it is said: cleaned, its markdown as the agent's config has it, and behind its prefix. */
import { Effect } from "effect"
import type { Poll } from "../../schemas/Act.ts"
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"
import type { DeliveredReply, Format } from "../../schemas/Delivery.ts"
import { MAX_TURN_BYTES } from "./boundedReplies.ts"
import { cleanStyled, cleanText } from "./cleanText.ts"
import { asStyledText } from "./markdown/asStyledText.ts"
import { atEndOf, disjoint, type Styled, unstyled } from "./markdown/styled.ts"
import { withPrefix } from "./responsePrefix.ts"

/** Markdown is cleaned twice, for its entities can stand for anything. */
const styledBy = (agent: AgentConfig | undefined, text: string): Effect.Effect<Styled> => {
  const clean = cleanText(text)
  if (agent === undefined || agent.markdown === "keep") return Effect.succeed(unstyled(clean))
  return Effect.map(asStyledText(clean, MAX_TURN_BYTES), (said) =>
    cleanStyled(agent.markdown === "styled" ? said : unstyled(said.text))
  )
}

/** A text, and how ranges of it are shown; absent where it is shown as it is. */
export interface SaidText {
  readonly text: string
  readonly format?: ReadonlyArray<Format>
}

const withFormat = (styled: Styled): SaidText => {
  const format = disjoint(styled)
  return { text: styled.text, ...(format.length === 0 ? {} : { format }) }
}

/** The text without its prefix: of words that stand in something else, and of who is gone from the config. */
export const bareText = (agent: AgentConfig | undefined, text: string): Effect.Effect<string> =>
  Effect.map(styledBy(agent, text), (said) => said.text)

/** The text as one of an account's messages. */
export const saidText = (
  agent: AgentConfig,
  account: AccountConfig,
  responsePrefix: string | undefined,
  text: string
): Effect.Effect<SaidText> =>
  Effect.map(styledBy(agent, text), (said) =>
    withFormat(atEndOf(withPrefix(account.responsePrefix ?? responsePrefix, agent, account, said.text), said))
  )

/** A poll whose words are as an agent's words are said; none where too little is left of them. */
const saidPoll = (agent: AgentConfig, poll: Poll): Effect.Effect<Poll | undefined> =>
  Effect.gen(function* () {
    const question = (yield* bareText(agent, poll.question)).trim()
    const words = yield* Effect.forEach(poll.options, (option) => bareText(agent, option))
    const options = words.map((option) => option.trim()).filter((option) => option !== "")
    return question === "" || options.length < 2 ? undefined : { question, options }
  })

/** A reply in the words of an account's message. */
export const saidReply = (
  agent: AgentConfig,
  account: AccountConfig,
  responsePrefix: string | undefined,
  { poll: asked, ...reply }: DeliveredReply
): Effect.Effect<DeliveredReply> =>
  Effect.gen(function* () {
    const said = yield* saidText(agent, account, responsePrefix, reply.text ?? "")
    const poll = asked === undefined ? undefined : yield* saidPoll(agent, asked)
    if (asked !== undefined && poll === undefined) {
      yield* Effect.logWarning("a poll of the answer is left out: too little is left of its words")
    }
    return { ...reply, ...said, ...(poll === undefined ? {} : { poll }) }
  })
