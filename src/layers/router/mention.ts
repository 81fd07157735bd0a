/** Whether a text mentions an agent, in time that is linear in the text whatever the pattern. */
import { RE2JS } from "re2js"
import type { AgentConfig } from "../../schemas/Config.ts"

/** Characters that are not seen: people's keyboards and Messages put them between the letters of a name. */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}/gu

/** What is seen of a text, whichever way its letters are composed. */
const seen = (text: string): string => text.replace(INVISIBLE, "").normalize("NFC")

/** The agent's name as a whole word, with or without `@`. */
const namePattern = (name: string): string =>
  `(?:^|[^\\p{L}\\p{N}_])@?${RE2JS.quote(name)}(?:$|[^\\p{L}\\p{N}_])`

/** How much of a text is looked through: with a large pattern even linear time is long. */
const LOOKED_THROUGH = 10_000

export type MentionTest = (text: string) => boolean

/** The test for an agent: by its patterns, else by its name, else by its id. RE2 does not backtrack. */
export const mentionTest = (agent: AgentConfig): MentionTest => {
  const sources = agent.mentionPatterns ?? [namePattern(seen(agent.name ?? agent.id))]
  const patterns = sources.map((source) => RE2JS.compile(source, RE2JS.CASE_INSENSITIVE))
  return (text) => {
    const visible = seen(text.slice(0, LOOKED_THROUGH))
    return patterns.some((pattern) => pattern.matcher(visible).find())
  }
}
