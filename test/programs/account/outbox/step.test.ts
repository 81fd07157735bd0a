/** What is done with a part in each state, whatever happens to it. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import type { Failure } from "../../../../src/programs/account/outbox/outcome.ts"
import {
  Event,
  type PartOnItsWay,
  Request,
  Sight,
  type Terms
} from "../../../../src/programs/account/outbox/part.ts"
import { step } from "../../../../src/programs/account/outbox/step.ts"
import { isFinal, NO_PROGRESS, PartState, type Progress } from "../../../../src/schemas/Delivery.ts"

const NOW = 1_000_000
const TERMS: Terms = { until: NOW + 100_000, ttlMs: 100_000, settleMs: 10_000 }
const LATE: Terms = { ...TERMS, until: NOW }

const ACT: Terms = { ...TERMS, isAct: true }

const WITHDRAWN: Terms = { ...LATE, withdrawn: "nobody asks any more" }

const queued = (progress: Partial<Progress> = {}): PartOnItsWay => ({
  state: PartState.Queued(),
  tries: 0,
  progress: { ...NO_PROGRESS, ...progress }
})
const sending = (tries: number, progress: Partial<Progress> = {}): PartOnItsWay => ({
  state: PartState.Sending({ triedAt: NOW - 5000, afterRowId: 7 }),
  tries,
  progress: { ...NO_PROGRESS, ...progress }
})
const sent = (progress: Partial<Progress> = {}): PartOnItsWay => ({
  state: PartState.Sent({ guid: undefined, rowId: undefined }),
  tries: 1,
  progress: { ...NO_PROGRESS, ...progress }
})
const claim = (until: number) => ({ claim: { until, afterRowId: 7 } })

const by = { code: "rpc_failed", message: "no" }
const denied = { code: "permission_denied", message: "not allowed" }
const ready = (isOfOtherChat?: string) => Event.Ready({ afterRowId: 9, isOfOtherChat, guid: undefined })
const unanswered = (failure: Failure, reason: typeof by | undefined = by) =>
  Event.Unanswered({ failure, by: reason, random: 0.5 })
const looked = (sight: Sight) => Event.Looked({ sight })
const unknown = Sight.Unknowable({ why: "nobody knows" })
const lookFailed = Event.LookFailed({ by, random: 0.5 })

type Row = readonly [
  what: string,
  part: PartOnItsWay,
  event: Event,
  expected: { readonly state: string; readonly tries?: number; readonly request: string },
  terms?: Terms
]

const rows: ReadonlyArray<Row> = [
  ["a new part waits for its turn", queued(), Event.Due(), { state: "Queued", request: "AwaitTurn" }],
  ["is not sent after its time", queued(), Event.Due(), { state: "Failed", request: "Rest" }, LATE],
  [
    "is written down as begun before it is sent",
    queued(),
    ready(),
    { state: "Sending", tries: 1, request: "Send" }
  ],
  [
    "is not sent where its time ran out in the queue",
    queued(),
    ready(),
    { state: "Failed", request: "Rest" },
    LATE
  ],
  [
    "is not sent where it was taken back before its turn came",
    queued(),
    ready(),
    { state: "Failed", request: "Rest" },
    WITHDRAWN
  ],
  [
    "is not kept waiting for a child where it was taken back",
    queued(),
    Event.NoChild({ since: 0 }),
    { state: "Failed", request: "Rest" },
    WITHDRAWN
  ],
  [
    "is looked for where it was tried, whatever was said since",
    sending(1),
    Event.Due(),
    { state: "Sending", tries: 1, request: "Look" },
    WITHDRAWN
  ],
  [
    "is not sent to a chat of another database",
    queued(),
    ready("gone"),
    { state: "Failed", request: "Rest" }
  ],
  [
    "waits for a child for its time",
    queued(),
    Event.NoChild({ since: 0 }),
    { state: "Queued", request: "Wait" }
  ],
  [
    "fails where no child came in time",
    queued(),
    Event.NoChild({ since: 0 }),
    { state: "Failed", request: "Rest" },
    LATE
  ],

  [
    "a part under way is there once it is answered",
    sending(1),
    Event.Answered({ guid: "g", rowId: 8 }),
    { state: "Sent", request: "Rest" }
  ],
  [
    "is looked for where the answer does not name its row",
    sending(1),
    Event.Answered({ guid: undefined, rowId: undefined }),
    { state: "Sent", request: "Look" }
  ],
  [
    "fails where it is refused",
    sending(1),
    unanswered({ _tag: "Refused" }),
    { state: "Failed", request: "Rest" }
  ],
  [
    "was not tried where it is denied",
    sending(1),
    unanswered({ _tag: "Denied" }, denied),
    { state: "Queued", tries: 0, request: "Wait" }
  ],
  [
    "was not tried where it may be tried again",
    sending(1),
    unanswered({ _tag: "Retry" }),
    { state: "Queued", tries: 0, request: "Wait" }
  ],
  [
    "stays in doubt where a later try was none",
    sending(2),
    unanswered({ _tag: "Retry" }),
    { state: "Sending", tries: 1, request: "Wait" }
  ],
  [
    "is looked for where an earlier one blocks it",
    sending(1),
    unanswered({ _tag: "Blocked" }),
    { state: "Sending", tries: 0, request: "Look" }
  ],
  [
    "is looked for where its result is lost",
    sending(1),
    unanswered({ _tag: "Unknown", replaceChild: false }),
    { state: "Sending", tries: 1, request: "Look" }
  ],
  [
    "is looked for where imsg answers that it does not know",
    sending(1),
    unanswered({ _tag: "Unknown", replaceChild: false }, undefined),
    { state: "Sending", tries: 1, request: "Look" }
  ],

  [
    "a lost part is looked for when it is due",
    sending(1),
    Event.Due(),
    { state: "Sending", request: "Look" }
  ],
  [
    "is there where its row is",
    sending(1),
    looked(Sight.Found({ guid: "g", rowId: 8 })),
    { state: "Sent", request: "Rest" }
  ],
  [
    "fails where Messages shows that it failed",
    sending(1),
    looked(Sight.NotDelivered({ rowId: 8 })),
    { state: "Failed", request: "Rest" }
  ],
  [
    "is looked for again where it may still come",
    sending(1),
    looked(Sight.NotYet()),
    { state: "Sending", request: "Wait" }
  ],
  [
    "is sent once more where it is not there",
    sending(1),
    looked(Sight.Absent()),
    { state: "Sending", tries: 1, request: "AwaitTurn" }
  ],
  [
    "is not sent once more after its time",
    sending(1),
    looked(Sight.Absent()),
    { state: "Failed", request: "Rest" },
    LATE
  ],
  [
    "fails where it is not there after the second try",
    sending(2),
    looked(Sight.Absent()),
    { state: "Failed", request: "Rest" }
  ],
  ["is in doubt where nobody can tell", sending(1), looked(unknown), { state: "Uncertain", request: "Rest" }],
  [
    "is sent where no try of it can have begun, and nobody can tell",
    sending(0),
    looked(unknown),
    { state: "Queued", request: "AwaitTurn" }
  ],
  [
    "is sent where no try of it can have begun, and it is not there",
    sending(0),
    looked(Sight.Absent()),
    { state: "Queued", request: "AwaitTurn" }
  ],
  [
    "keeps the row that it is newer than over a second try",
    sending(1),
    ready(),
    { state: "Sending", tries: 2, request: "Send" }
  ],
  [
    "waits for a child that can be asked",
    sending(1),
    Event.NoChild({ since: NOW }),
    { state: "Sending", request: "Wait" }
  ],
  [
    "is in doubt where none came for long",
    sending(1),
    Event.NoChild({ since: NOW - 300_000 }),
    { state: "Uncertain", request: "Rest" },
    { ...TERMS, ttlMs: 1000 }
  ],
  [
    "waits where a look fails",
    sending(1, { lostAt: NOW }),
    lookFailed,
    { state: "Sending", request: "Wait" }
  ],
  [
    "is in doubt where looks fail for its time",
    sending(1, { lostAt: NOW - 100_001 }),
    lookFailed,
    { state: "Uncertain", request: "Rest" }
  ],

  [
    "a part by imsg's word is looked for",
    sent(claim(NOW + 1)),
    Event.Due(),
    { state: "Sent", request: "Look" }
  ],
  [
    "has its row where that is found",
    sent(claim(NOW)),
    looked(Sight.Found({ guid: "g", rowId: 8 })),
    { state: "Sent", request: "Rest" }
  ],
  [
    "stays what it is where it is not found",
    sent(claim(NOW)),
    looked(Sight.Absent()),
    { state: "Sent", request: "Rest" }
  ],
  [
    "stays what it is where nobody can look",
    sent(claim(NOW)),
    lookFailed,
    { state: "Sent", request: "Rest" }
  ],
  [
    "fails where Messages shows it so",
    sent(claim(NOW)),
    looked(Sight.NotDelivered({ rowId: 8 })),
    { state: "Failed", request: "Rest" }
  ],
  ["is left alone where nothing is looked for", sent(), Event.Due(), { state: "Sent", request: "Rest" }],

  [
    "goes in the form that every build knows where a richer one was not begun",
    sending(1),
    unanswered({ _tag: "Plainer" }),
    { state: "Queued", tries: 0, request: "AwaitTurn" }
  ],
  [
    "stays in doubt where a later try in a richer form was not begun",
    sending(2),
    unanswered({ _tag: "Plainer" }),
    { state: "Sending", tries: 1, request: "AwaitTurn" }
  ],
  [
    "fails where its file is on no host any more",
    queued(),
    Event.FileLost({ name: "photo.jpg" }),
    { state: "Failed", request: "Rest" }
  ],
  [
    "is left out where the Mac cannot do it",
    queued(),
    Event.Unable({ why: "no bridge" }),
    { state: "LeftOut", request: "Rest" }
  ],

  [
    "an act is left out where it was not begun",
    sending(1),
    unanswered({ _tag: "Retry" }),
    { state: "LeftOut", request: "Rest" },
    ACT
  ],
  [
    "is left out where a person would have to allow it",
    sending(1),
    unanswered({ _tag: "Denied" }, denied),
    { state: "LeftOut", request: "Rest" },
    ACT
  ],
  [
    "is left out where it is refused",
    sending(1),
    unanswered({ _tag: "Refused" }),
    { state: "LeftOut", request: "Rest" },
    ACT
  ],
  [
    "is left out where its time is over",
    queued(),
    Event.Due(),
    { state: "LeftOut", request: "Rest" },
    { ...LATE, isAct: true }
  ],
  [
    "is done where it is answered: it has no row",
    sending(1),
    Event.Answered({ guid: undefined, rowId: undefined }),
    { state: "Sent", request: "Rest" },
    ACT
  ],
  [
    "is looked for where its result is lost",
    sending(1),
    unanswered({ _tag: "Unknown", replaceChild: true }),
    { state: "Sending", tries: 1, request: "Look" },
    ACT
  ],
  ["is done where it shows", sending(1), looked(Sight.Done()), { state: "Sent", request: "Rest" }, ACT],
  [
    "is in doubt where nothing shows",
    sending(1),
    looked(unknown),
    { state: "Uncertain", request: "Rest" },
    ACT
  ],
  [
    "is left out where it provably was not done: it is tried once",
    sending(1),
    looked(Sight.Absent()),
    { state: "LeftOut", tries: 1, request: "Rest" },
    ACT
  ],
  [
    "is done where no try of it can have begun, and it is not there",
    sending(0),
    looked(Sight.Absent()),
    { state: "Queued", request: "AwaitTurn" },
    ACT
  ],
  [
    "is not waited for where a try before it was lost",
    sending(2),
    unanswered({ _tag: "Retry" }),
    { state: "LeftOut", tries: 1, request: "Rest" },
    ACT
  ]
]

describe("a part", () => {
  for (const [what, part, event, expected, terms = TERMS] of rows) {
    it(what, () => {
      const next = step(terms, part, event, NOW)
      expect({
        state: next.part.state._tag,
        ...(expected.tries === undefined ? {} : { tries: next.part.tries }),
        request: next.request._tag
      }).toEqual(expected)
    })
  }

  it("that was taken back says why", () => {
    const { part, request } = step(WITHDRAWN, queued(), Event.Due(), NOW)
    const detail = "it was taken back before it was sent: nobody asks any more"
    expect([part.state, request]).toEqual([PartState.Failed({ detail }), Request.Rest({ code: "withdrawn" })])
  })

  it("that is tried again is known by a row from before its first try", () => {
    const again = step(TERMS, sending(1), ready(), NOW)
    expect(again.part.state).toEqual(PartState.Sending({ triedAt: NOW, afterRowId: 7 }))
    const first = step(TERMS, sending(0), ready(), NOW)
    expect(first.part.state).toEqual(PartState.Sending({ triedAt: NOW, afterRowId: 9 }))
  })

  it("is absent only to a look from after its time to settle", () => {
    for (const [lostAt, isLast] of [
      [NOW - 9999, false],
      [NOW - 10_000, true]
    ] as const) {
      expect(step(TERMS, sending(1, { lostAt }), Event.Due(), NOW).request).toEqual(Request.Look({ isLast }))
    }
  })

  it("has its child replaced where that cannot get past a send", () => {
    const failures: ReadonlyArray<readonly [Failure, true | undefined]> = [
      [{ _tag: "Blocked" }, true],
      [{ _tag: "Unknown", replaceChild: true }, true],
      [{ _tag: "Unknown", replaceChild: false }, undefined],
      [{ _tag: "Denied" }, undefined]
    ]
    for (const [failure, replaced] of failures) {
      expect(step(TERMS, sending(1), unanswered(failure), NOW).replacesChild).toBe(replaced)
    }
  })

  it("that runs out of time says what stood in its way, and by its name where a person must act", () => {
    expect(step(LATE, queued({ notSentBy: denied }), Event.Due(), NOW)).toMatchObject({
      part: { state: { detail: expect.stringContaining("not allowed") } },
      request: { code: "permission_denied" }
    })
    expect(step(LATE, queued({ notSentBy: by }), Event.Due(), NOW).request).toEqual(
      Request.Rest({ code: "delivery_refused" })
    )
  })
})

describe("whatever happens to a part", () => {
  const at = FastCheck.integer({ min: NOW - 400_000, max: NOW + 400_000 })
  const sights = FastCheck.constantFrom<Sight>(
    Sight.Found({ guid: "g", rowId: 8 }),
    Sight.Done(),
    Sight.NotDelivered({ rowId: 8 }),
    Sight.NotYet(),
    Sight.Absent(),
    unknown
  )
  const failures = FastCheck.constantFrom<Failure>(
    { _tag: "Retry" },
    { _tag: "Denied" },
    { _tag: "Refused" },
    { _tag: "Plainer" },
    { _tag: "Blocked" },
    { _tag: "Unknown", replaceChild: true },
    { _tag: "Unknown", replaceChild: false }
  )
  const random = FastCheck.double({ min: 0, max: 0.99, noNaN: true })

  /** What comes next is what was asked for: nothing else can happen to a part. */
  const answerTo = (request: Request): FastCheck.Arbitrary<Event> => {
    switch (request._tag) {
      case "AwaitTurn":
        return FastCheck.oneof(
          FastCheck.constant(ready()),
          FastCheck.constant(Event.Unable({ why: "no bridge" })),
          FastCheck.constant(Event.FileLost({ name: "photo.jpg" })),
          at.map((since) => Event.NoChild({ since }))
        )
      case "Send":
        return FastCheck.oneof(
          FastCheck.constant(Event.Answered({ guid: "g", rowId: 8 })),
          FastCheck.constant(Event.Answered({ guid: undefined, rowId: undefined })),
          FastCheck.tuple(failures, random).map(([failure, chance]) =>
            Event.Unanswered({ failure, by, random: chance })
          )
        )
      case "Look":
        return FastCheck.oneof(
          sights.map(looked),
          random.map((chance) => Event.LookFailed({ by, random: chance })),
          at.map((since) => Event.NoChild({ since }))
        )
      default:
        return FastCheck.constant(Event.Due())
    }
  }

  it("it is sent again only after a look that did not find it, twice at most, and stays where it has its end", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.gen(), FastCheck.integer({ min: 1, max: 60 }), (draw, length) => {
        const terms = draw(() => FastCheck.constantFrom(TERMS, ACT))
        let now = NOW
        let part = queued()
        let request: Request = Request.Wait({ until: NOW })
        let lost = 0
        /** Whether a try may have been carried out, and nothing has said since that it was not. */
        let isInDoubt = false
        for (let at = 0; at < length && request._tag !== "Rest"; at++) {
          const event: Event = draw(answerTo, request)
          now += draw(FastCheck.nat, { max: 30_000 })
          if (event._tag === "Looked" && event.sight._tag === "Absent") isInDoubt = false
          if (event._tag === "Unanswered") {
            if (event.failure._tag === "Unknown") lost++
            isInDoubt = lost > 0
          }
          const next = step(terms, part, event, now)
          if (next.request._tag === "Send") expect(isInDoubt).toBe(false)
          part = next.part
          request = next.request
        }
        expect(lost).toBeLessThanOrEqual(2)
        if (request._tag === "Rest") expect(isFinal(part.state)).toBe(true)
      }),
      { numRuns: 500 }
    )
  })
})
