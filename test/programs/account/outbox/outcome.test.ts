import { describe, expect, it } from "@effect/vitest"
import {
  cannotTell,
  type Failure,
  failureOf,
  failureOfForm,
  notSentWithin,
  notThere
} from "../../../../src/programs/account/outbox/outcome.ts"
import {
  ChildExited,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  ProtocolViolation,
  RpcFailed,
  RpcTimeout
} from "../../../../src/schemas/errors/imsg.ts"
import type { RequestError } from "../../../../src/services/ImsgProcess.ts"

const failed = (rpcCode: number, data?: unknown): RpcFailed =>
  new RpcFailed({ method: "send", rpcCode, reason: "it failed", ...(data === undefined ? {} : { data }) })

const delivery = (retry_safe: boolean, disposition: string, rpcCode = -32001): RpcFailed =>
  failed(rpcCode, { retry_safe, disposition, transport: "applescript", operation: "send", detail: "said" })

const notStarted = (detail: string): RpcFailed =>
  failed(-32603, { retry_safe: true, disposition: "not_started", transport: "applescript", detail })

const unknown: Failure = { _tag: "Unknown", replaceChild: false }
const blocked: Failure = { _tag: "Unknown", replaceChild: true }
const retry: Failure = { _tag: "Retry" }

describe("what a failed send says about its part", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly error: RequestError
    readonly failure: Failure
  }> = [
    {
      what: "a request that could not be parsed was not carried out",
      error: failed(-32700),
      failure: { _tag: "Refused" }
    },
    {
      what: "a request that is none was not carried out",
      error: failed(-32600),
      failure: { _tag: "Refused" }
    },
    {
      what: "a method that does not exist was not carried out",
      error: failed(-32601),
      failure: { _tag: "Refused" }
    },
    {
      what: "parameters that are wrong were not carried out",
      error: failed(-32602),
      failure: { _tag: "Refused" }
    },
    { what: "a busy server has begun nothing", error: failed(-32000), failure: retry },
    {
      what: "a blocked queue has begun nothing as far as it knows, and stays blocked",
      error: failed(-32004),
      failure: { _tag: "Blocked" }
    },
    { what: "not started is safe to try again", error: delivery(true, "not_started"), failure: retry },
    {
      what: "not started is safe, whatever else is said",
      error: delivery(false, "not_started"),
      failure: retry
    },
    { what: "retry_safe is safe", error: delivery(true, "may_have_completed"), failure: retry },
    {
      what: "may have completed is not known",
      error: delivery(false, "may_have_completed"),
      failure: unknown
    },
    {
      what: "still in flight is not known, and blocks the child",
      error: delivery(false, "still_in_flight"),
      failure: blocked
    },
    {
      what: "a disposition that nobody knows is not known",
      error: delivery(false, "perhaps"),
      failure: unknown
    },
    { what: "a delivery failure without data is not known", error: failed(-32001), failure: unknown },
    {
      what: "a chat that Messages does not have is not begun, and does not heal",
      error: notStarted("Messages automation failed with AppleScript error -1728."),
      failure: { _tag: "Refused" }
    },
    {
      what: "a file that is gone is not begun, and does not heal",
      error: notStarted("AppleScript failed: Attachment not found at /media/cat.png"),
      failure: { _tag: "Refused" }
    },
    {
      what: "a target that is none is not begun, and does not heal",
      error: notStarted("Invalid chat target: chat_identifier is empty"),
      failure: { _tag: "Refused" }
    },
    {
      what: "a Messages that does not run is not begun, and heals",
      error: notStarted("Messages automation failed with AppleScript error -600."),
      failure: retry
    },
    {
      what: "a number of a chat that looks like an error heals as before",
      error: notStarted("timed out while opening chat iMessage;-;+15555-1728"),
      failure: retry
    },
    {
      what: "a chat that is not there where the send may have completed is not known",
      error: failed(-32001, {
        retry_safe: false,
        disposition: "may_have_completed",
        detail: "AppleScript error -1728"
      }),
      failure: unknown
    },
    {
      what: "up to 0.13 a chat that Messages does not have is told by the words alone",
      error: failed(-32603, 'AppleScript failed: Can’t get chat id "iMessage;-;+15555550123". (-1728)'),
      failure: { _tag: "Refused" }
    },
    {
      what: "up to 0.13 a file that is gone is told by the words alone",
      error: failed(-32603, "AppleScript failed: Attachment not found at /media/cat.png"),
      failure: { _tag: "Refused" }
    },
    {
      what: "up to 0.13 a time limit of AppleScript is not known",
      error: failed(-32603, "AppleScript failed: AppleEvent timed out. (-1712)"),
      failure: unknown
    },
    {
      what: "a lost result whose words name such a chat is not known",
      error: failed(-32001, "AppleScript error -1728"),
      failure: unknown
    },
    { what: "an internal error is not known", error: failed(-32603, "AppleScript error"), failure: unknown },
    {
      what: "an internal error with data of another shape is not known",
      error: failed(-32603, { retry_safe: "yes" }),
      failure: unknown
    },
    { what: "a code that nobody knows is not known", error: failed(-32099), failure: unknown },
    { what: "a bridge that does not run is not known", error: failed(-32003), failure: unknown },
    {
      what: "a denied permission waits for a person",
      error: new PermissionDenied({ permission: "Automation", detail: "(-1743)" }),
      failure: { _tag: "Denied" }
    },
    {
      what: "a database that must not be read may have been wanted after the send",
      error: new PermissionDenied({ permission: "FullDiskAccess", detail: "(code: 23)" }),
      failure: { _tag: "Unknown", replaceChild: false }
    },
    {
      what: "a database that is not there may have been wanted after the send",
      error: new DatabaseUnavailable({ detail: "no" }),
      failure: unknown
    },
    {
      what: "a time limit says nothing, and the child may hang",
      error: new RpcTimeout({ method: "send", afterMs: 1 }),
      failure: blocked
    },
    {
      what: "a child that ended says nothing",
      error: new ChildExited({ command: "imsg rpc", stderr: "" }),
      failure: unknown
    },
    {
      what: "a child that broke the protocol says nothing",
      error: new ProtocolViolation({ command: "imsg rpc", detail: "no" }),
      failure: unknown
    },
    {
      what: "a child that turns out not to be there says nothing",
      error: new ImsgNotFound({ cliPath: "imsg", detail: "no" }),
      failure: unknown
    },
    {
      what: "a child that turns out to know no rpc says nothing",
      error: new ImsgUnsupported({ cliPath: "imsg", detail: "no" }),
      failure: unknown
    }
  ]
  for (const { error, failure, what } of rows) {
    it(`${what}: ${failure._tag}`, () => expect(failureOf(error)).toEqual(failure))
  }
})

describe("what is said of a part whose time is over", () => {
  const busy = failed(-32000)
  const rows = [
    { ttlMs: 86_400_000, last: busy, words: `it was not sent within 24 hours: ${busy.message}` },
    { ttlMs: 90_000, last: busy, words: `it was not sent within 1m 30s: ${busy.message}` },
    { ttlMs: 3_600_000, last: undefined, words: "it was not sent within 1h: imsg did not run" }
  ]
  for (const { last, ttlMs, words } of rows) {
    it(words, () => expect(notSentWithin(ttlMs, last)).toBe(words))
  }
})

describe("the reason of a dead letter", () => {
  const gone = notStarted("Messages automation failed with AppleScript error -1728.")

  it("has imsg's own words, in the shapes of all builds", () => {
    expect(gone.message).toContain("AppleScript error -1728")
    expect(failed(-32603, "AppleScript failed: (-1728)").message).toContain("AppleScript failed: (-1728)")
    expect(failed(-32603, { detail: 7 }).message).toBe("`send` failed: it failed (-32603)")
  })

  it("says how the result was lost, where that is known", () => {
    const lost = failed(-32001, { retry_safe: false, disposition: "may_have_completed", detail: "no reply" })
    expect(cannotTell("the chat cannot be looked up", lost)).toContain("no reply")
    expect(cannotTell("the chat cannot be looked up", undefined)).toBe(
      "the result was lost, and the chat cannot be looked up"
    )
    expect(notThere(2, lost)).toContain("no reply")
  })

  it("is cut where imsg says very much", () => {
    expect(failed(-32603, "x".repeat(10_000)).message.length).toBeLessThan(400)
  })
})

describe("what a failed request says by its form", () => {
  const plainer: Failure = { _tag: "Plainer" }
  it.each<[what: string, error: RequestError, bridged: Failure]>([
    ["a bridge that is not there", failed(-32003), plainer],
    ["a method that is not there", failed(-32601), plainer],
    ["what was not begun", notStarted("The bridge is not started."), plainer],
    ["what is not there", notStarted("Message not found"), plainer],
    ["a busy imsg", failed(-32000), retry],
    ["what may have been sent", delivery(false, "may_have_completed"), unknown],
    ["no answer", new RpcTimeout({ method: "send.rich", afterMs: 1 }), blocked]
  ])("%s", (_, error, bridged) => {
    expect(failureOfForm(error, "bridged")).toEqual(bridged)
    expect(failureOfForm(error, "bare")).toEqual(failureOf(error))
  })
})
