/** When the child of an account is given up on, and how it is started again. */
import { section } from "./section.ts"
import { Factor, option, timerMs } from "./values.ts"

const backoff = section("Backoff", "The waits between restarts.", {
  baseMs: option(timerMs(1), "The wait before the first restart, in ms.", 500),
  factor: option(Factor, "What the wait is multiplied by after each further failure.", 2),
  maxMs: option(timerMs(1), "The longest wait, in ms.", 60_000),
  resetAfterMs: option(
    timerMs(1),
    "After so many ms in good health the wait starts from `baseMs` again.",
    60_000
  )
})

export const supervision = section("Supervision", "When `imsg` is given up on and started again.", {
  heartbeatMs: option(timerMs(1), "The time between two checks that `imsg` still answers, in ms.", 4000),
  heartbeatTimeoutMs: option(
    timerMs(1),
    "How long `imsg` may leave a check unanswered while it says nothing else, in ms. Over SSH, and where `imsg` has been slow before, it is given more, up to `requestTimeoutMs`.",
    4000
  ),
  requestTimeoutMs: option(timerMs(1), "How long a request other than a send may take, in ms.", 10_000),
  sendTimeoutMs: option(timerMs(1), "How long a send may take, in ms.", 60_000),
  startTimeoutMs: option(
    timerMs(1),
    "How long `imsg` may take from its start to a subscription, in ms.",
    30_000
  ),
  stallMs: option(
    timerMs(1),
    "How long a replaced database may go unnoticed, in ms. A build before 0.14 is restarted when the database has had newer messages for so long and nothing was announced.",
    60_000
  ),
  backoff
})
