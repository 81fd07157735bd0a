import { describe, expect, it } from "@effect/vitest"
import { isBehind, sift, type Waiting, withRows } from "../../../../src/programs/account/inbox/unripe.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { ALICE, BOB, makeMessage } from "../../../support/envelopes.ts"

const CAROL = "+15555550103"
const NOW = 1000

const waiting = (rowId: number, row: Partial<ImsgMessage> = {}, more: Partial<Waiting> = {}): Waiting => {
  const message = makeMessage({ id: rowId, ...row })
  return {
    rowId,
    guid: message.guid,
    until: NOW + 1,
    ...((message.chat_id ?? 0) > 0 ? { chatId: message.chat_id } : {}),
    row: message,
    lack: undefined,
    ...more
  }
}
const unripe = (rowId: number, row: Partial<ImsgMessage> = {}, until = NOW + 1) =>
  waiting(rowId, row, { lack: "file", until })

const inChat = (chatId: number) => ({ chat_id: chatId, sender: chatId === 7 ? ALICE : BOB })
const nowhere = { chat_id: 0, sender: ALICE }

/** As they are told apart where all were looked for just now. */
const siftNow = (rows: ReadonlyArray<Waiting>, most?: number) =>
  sift(rows, new Set(rows.filter(({ until }) => until <= NOW).map(({ guid }) => guid)), most)

const idsOf = (rows: ReadonlyArray<Waiting>) => rows.map(({ rowId }) => rowId)

describe("of rows that have come", () => {
  const tables: ReadonlyArray<{
    readonly what: string
    readonly rows: ReadonlyArray<Waiting>
    readonly ready: ReadonlyArray<number>
  }> = [
    { what: "all are ready where all are ripe", rows: [waiting(1), waiting(2)], ready: [1, 2] },
    {
      what: "those of the same chat wait behind an unripe one, and no others",
      rows: [waiting(1, inChat(7)), unripe(2, inChat(7)), waiting(3, inChat(7)), waiting(4, inChat(8))],
      ready: [1, 4]
    },
    {
      what: "those behind one that waits itself wait too",
      rows: [
        unripe(1, { ...inChat(7), chat_identifier: "chat1" }),
        waiting(2, { ...inChat(9), chat_identifier: "chat1" })
      ],
      ready: []
    },
    {
      what: "one whose time is over is ready, and what waited behind it",
      rows: [unripe(1, {}, NOW), waiting(2)],
      ready: [1, 2]
    },
    {
      what: "the same sender's wait behind one that has no chat yet",
      rows: [unripe(1, nowhere), waiting(2, { chat_id: 7, sender: ALICE }), waiting(3, inChat(8))],
      ready: [3]
    },
    {
      what: "those of the chats that this sender is in wait behind it too",
      rows: [
        unripe(1, nowhere),
        waiting(2, { chat_id: 9, sender: BOB, participants: [ALICE, BOB] }),
        waiting(3, { chat_id: 10, sender: BOB, participants: [CAROL, BOB] })
      ],
      ready: [3]
    },
    {
      what: "one's own wait for nothing",
      rows: [unripe(1), waiting(2, { is_from_me: true })],
      ready: [2]
    },
    {
      what: "one that is only known by its number waits until it was read again, however long that was",
      rows: [{ ...unripe(1, {}, 0), row: undefined, lack: "row" }, waiting(2), waiting(3, inChat(8))],
      ready: [3]
    },
    {
      what: "all wait behind one that is only known by its number, and had no chat",
      rows: [{ ...unripe(1, nowhere, 0), row: undefined, lack: "row" }, waiting(2, inChat(8))],
      ready: []
    }
  ]
  for (const { ready, rows, what } of tables) {
    it(what, () => {
      const sifted = siftNow(rows)
      expect(idsOf(sifted.ready)).toEqual(ready)
      expect(idsOf(sifted.waiting)).toEqual(idsOf(rows).filter((id) => !ready.includes(id)))
    })
  }

  it("one whose time is over waits until it was looked for then", () => {
    const { ready, waiting: wait } = sift([unripe(1, {}, 0), waiting(2)], new Set())
    expect([idsOf(ready), idsOf(wait)]).toEqual([[], [1, 2]])
  })

  it("the oldest are judged as they are where too many wait", () => {
    const rows = [unripe(1, inChat(7)), waiting(2, inChat(7)), unripe(3, inChat(8)), waiting(4, inChat(8))]
    expect(idsOf(siftNow(rows, 2).ready)).toEqual([1, 2])
    expect(idsOf(siftNow(rows, 1).ready)).toEqual([1, 2, 3, 4])
  })

  it("too many that wait behind what is only known by its number wait on, and others do not for them", () => {
    const stored = Array.from({ length: 250 }, (_, at) => ({
      ...unripe(1 + at, inChat(7), 0),
      row: undefined,
      lack: "row" as const
    }))
    const behind = Array.from({ length: 250 }, (_, at) => waiting(300 + at, inChat(7)))
    expect(idsOf(siftNow([...stored, ...behind]).ready)).toEqual([])
    const others = [unripe(600, inChat(8)), waiting(601, inChat(8)), waiting(602, inChat(9))]
    const { ready, waiting: wait } = siftNow([...stored, ...behind, ...others])
    expect(idsOf(ready)).toEqual([602])
    expect(wait).toHaveLength(502)
  })
})

describe("rows that wait", () => {
  it("stay in order, are known better when they are read again, and wait no longer for it", () => {
    const before = [unripe(1), unripe(5)]
    const after = withRows(before, [waiting(3), waiting(5, { text: "all of it" }, { until: NOW + 99 })])
    expect(idsOf(after)).toEqual([1, 3, 5])
    expect(after[2]).toMatchObject({ until: NOW + 1, lack: undefined, row: { text: "all of it" } })
  })

  it("are told by their chat where only that was written down", () => {
    const stored: Waiting = { rowId: 1, guid: "g", until: 0, chatId: 7, row: undefined, lack: "row" }
    expect(isBehind(makeMessage({ chat_id: 7 }), stored)).toBe(true)
    expect(isBehind(makeMessage({ chat_id: 8 }), stored)).toBe(false)
    const { chatId: _chatId, ...nowhereStored } = stored
    expect(isBehind(makeMessage({ chat_id: 8 }), nowhereStored)).toBe(true)
  })
})
