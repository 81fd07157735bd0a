/** Whether something done shows in the database. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { lookForAct, traceOf } from "../../../../src/programs/account/outbox/lookForAct.ts"
import type { Act } from "../../../../src/schemas/Act.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const LIKE: Act = { _tag: "React", guid: "m", reaction: "\u{1f44d}" }
const UNLIKE: Act = { ...LIKE, remove: true }
const EDIT: Act = { _tag: "Edit", guid: "m", text: "better" }

const mine = (type: string, emoji?: string) => ({
  type,
  ...(emoji === undefined ? {} : { emoji }),
  is_from_me: true
})
const theirs = { type: "like", is_from_me: false }
const message = (more: Partial<ImsgMessage> = {}): ImsgMessage =>
  makeMessage({ id: 5, guid: "m", text: "good", reactions: [], ...more })

describe("the trace of an act", () => {
  const rows: ReadonlyArray<readonly [string, Act, ImsgMessage, ReturnType<typeof traceOf>]> = [
    ["a tapback that is there", LIKE, message({ reactions: [theirs, mine("like")] }), "done"],
    ["a tapback that is somebody else's", LIKE, message({ reactions: [theirs] }), "not done"],
    ["another tapback of ours", LIKE, message({ reactions: [mine("love")] }), "not done"],
    ["a tapback that is gone", UNLIKE, message({ reactions: [theirs] }), "done"],
    ["a tapback that is still there", UNLIKE, message({ reactions: [mine("like")] }), "not done"],
    [
      "the name that rows have for it",
      { ...LIKE, reaction: "emphasize" },
      message({ reactions: [mine("emphasis")] }),
      "done"
    ],
    [
      "an emoji",
      { ...LIKE, reaction: "\u{1f419}" },
      message({ reactions: [mine("custom", "\u{1f419}")] }),
      "done"
    ],
    ["a build that shows no tapbacks", LIKE, makeMessage({ id: 5, guid: "m", text: "good" }), "unknown"],
    ["an edit that shows", EDIT, message({ text: "better" }), "done"],
    ["an edit that does not show", EDIT, message(), "unknown"],
    ["what was taken back leaves none", { _tag: "Unsend", guid: "m" }, message(), "unknown"]
  ]
  for (const [what, act, row, expected] of rows) it(what, () => expect(traceOf(act, row)).toBe(expected))
})

describe("a look for an act", () => {
  const look = (act: Act, rows: ReadonlyArray<ImsgMessage>, isLast: boolean) =>
    Effect.gen(function* () {
      const child = yield* makeChild({ answer: () => Effect.succeed({ messages: rows }) })
      const sight = yield* lookForAct(child.session, act, [7], { isLast, requestTimeoutMs: 1000 })
      return { tag: sight._tag, asked: (yield* child.asked).length }
    })

  const rows: ReadonlyArray<readonly [string, Act, ReadonlyArray<ImsgMessage>, boolean, string]> = [
    ["finds what is there at once", LIKE, [message({ reactions: [mine("like")] })], false, "Done"],
    [
      "finds the message as Messages spells it",
      LIKE,
      [message({ guid: "M", reactions: [mine("like")] })],
      false,
      "Done"
    ],
    ["waits for what may still come", LIKE, [message()], false, "NotYet"],
    ["proves what did not come", LIKE, [message()], true, "Absent"],
    ["cannot tell of a message that is not there any more", LIKE, [], true, "Unknowable"],
    ["waits for that message too", LIKE, [], false, "NotYet"],
    ["cannot tell of an edit that does not show", EDIT, [message()], true, "Unknowable"]
  ]
  for (const [what, act, found, isLast, expected] of rows) {
    it.effect(what, () => Effect.map(look(act, found, isLast), ({ tag }) => expect(tag).toBe(expected)))
  }

  it.effect("asks for nothing where imsg shows no trace", () =>
    Effect.map(look({ _tag: "Leave" }, [], false), (seen) =>
      expect(seen).toEqual({ tag: "Unknowable", asked: 0 })
    )
  )
})
