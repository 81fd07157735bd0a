/** Which rows are messages that somebody waits for, and up to where everything is told. */
import { describe, expect, it } from "@effect/vitest"
import { type Known, settledOf } from "../../../src/programs/tools/newRows.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"

const row = (id: number, more: Partial<ImsgMessage> = {}): ImsgMessage => ({
  id,
  guid: `g${id}`,
  is_from_me: false,
  chat_id: 1,
  ...more
})

const known = (more: Partial<Known> = {}): Known => ({
  heard: new Map(),
  decided: new Map(),
  position: 0,
  ...more
})

const cases: ReadonlyArray<{
  readonly what: string
  readonly rows: ReadonlyArray<ImsgMessage>
  readonly known?: Partial<Known>
  readonly only?: number
  readonly ids: ReadonlyArray<number>
  readonly until: number
  /** The id of the row that is waited for. */
  readonly held?: number
}> = [
  {
    what: "what was judged long ago is somebody's message",
    rows: [row(3), row(4)],
    known: { position: 4 },
    ids: [3, 4],
    until: 9
  },
  {
    what: "what the account wrote, and what is a tapback or a vote, is none; a poll is one",
    rows: [
      row(3, { is_from_me: true }),
      row(4, { is_reaction: true }),
      row(5, { poll: { kind: "vote", poll_guid: "g6", vote: { option_id: "a" } } }),
      row(6, { poll: { kind: "created", options: [{ id: "a", text: "Pizza" }] } })
    ],
    known: { position: 6 },
    ids: [6],
    until: 9
  },
  {
    what: "what came back is none, whether that was heard or is written down",
    rows: [row(3), row(4), row(5)],
    known: { position: 5, heard: new Map([[3, "echo"]]), decided: new Map([["g4", "echo"]]) },
    ids: [5],
    until: 9
  },
  {
    what: "what is heard of needs not be passed yet",
    rows: [row(3)],
    known: { heard: new Map([[3, "dm-open"]]) },
    ids: [3],
    until: 9
  },
  {
    what: "nothing is told after a row that is not judged",
    rows: [row(3), row(4), row(5)],
    known: { position: 3, heard: new Map([[5, "dm-open"]]) },
    ids: [3],
    until: 3,
    held: 4
  },
  {
    what: "a row that waits behind the position is not judged either",
    rows: [row(3), row(4)],
    known: { position: 4, decided: new Map([["g3", "waiting"]]) },
    ids: [],
    until: 2,
    held: 3
  },
  {
    what: "a row of another chat holds up nothing",
    rows: [row(3, { chat_id: 2 }), row(4)],
    known: { heard: new Map([[4, "dm-open"]]) },
    only: 1,
    ids: [4],
    until: 9
  },
  {
    what: "a row that has no chat yet may be of this one",
    rows: [row(3, { chat_id: 0 }), row(4)],
    known: { heard: new Map([[4, "dm-open"]]) },
    only: 1,
    ids: [],
    until: 2,
    held: 3
  },
  {
    what: "what a stranger wrote is a message, of which it is decided elsewhere who may see it",
    rows: [row(3)],
    known: { heard: new Map([[3, "pairing-requested"]]) },
    ids: [3],
    until: 9
  }
]

describe("a page of rows", () => {
  for (const { held, ids, known: some, only, rows, until, what } of cases) {
    it(what, () => {
      const settled = settledOf({ rows, until: 9, hasMore: true }, known(some), only)
      expect({
        ...settled,
        messages: settled.messages.map(({ id }) => id),
        held: settled.held?.id
      }).toEqual({ messages: ids, until, held, goesOn: held === undefined })
    })
  }
})
