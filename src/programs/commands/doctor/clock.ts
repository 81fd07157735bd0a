/** Whether the clock of this machine can be right. */
import { inWords } from "../../../schemas/inWords.ts"
import { type Check, failed, ok, warning } from "./Check.ts"

const PLACE = { id: "clock", title: "Clock" } as const

/** No gateway ran before. */
const EARLIEST = Date.parse("2026-01-01T00:00:00Z")
/** How far apart clocks may be, in ms: much less than what makes a message too old to be answered. */
const TOLERANCE = 5 * 60_000

/** A message, and whose account's newest it is. Unix ms. */
export interface NewestMessage {
  readonly account: string
  readonly at: number
}

/** `now` is Unix ms. No message can be newer than now, if both this machine's clock and the Mac's are right. */
export const clockCheck = (now: number, newest: ReadonlyArray<NewestMessage>): Check => {
  const says = new Date(now).toISOString()
  const ahead = newest.find(({ at }) => at > now + TOLERANCE)
  const remedy =
    "Let the system set its time by itself (System Settings → General → Date & Time, or `timedatectl set-ntp true`)."
  if (now < EARLIEST) return failed(PLACE, `it says ${says}, which cannot be`, remedy)
  return ahead === undefined
    ? ok(PLACE, says)
    : warning(
        PLACE,
        `it says ${says}, but the newest message of the account ${ahead.account} is from ${inWords(ahead.at - now)} later`,
        `${remedy} Do so on the Mac too. A gateway that runs takes the difference into account, and says it.`
      )
}
