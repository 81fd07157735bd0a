/** What an agent calls its work, where it is said in a chat. Not beside the words that the page has too: cutting needs Node. */
import { beginning } from "./cut.ts"

/** How much of it is said, in UTF-16 units. */
const LONGEST = 300

/** A long title to where it can be read, with a mark. */
export const saidTitle = (title: string): string => {
  const said = beginning(title, LONGEST)
  return said.length < title.length ? `${said}…` : said
}
