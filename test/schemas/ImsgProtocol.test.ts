import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Methods } from "../../src/schemas/ImsgProtocol.ts"
import { makeMessage } from "../support/envelopes.ts"

const decode = (messages: ReadonlyArray<unknown>) =>
  Effect.map(
    Schema.decodeUnknown(Methods.messagesHistory.result)({ messages }),
    (decoded) => decoded.messages
  )

const row = makeMessage({ id: 5 })

describe("a list of rows", () => {
  it.effect("says how many of them cannot be read", () =>
    Effect.gen(function* () {
      expect(yield* decode([row, { id: "?" }, null])).toEqual({ readable: [row], unreadable: 2 })
    })
  )
})

describe("a row", () => {
  const optional = [
    ["cursor", "5"],
    ["chat_id", {}],
    ["chat_identifier", 5],
    ["chat_guid", 5],
    ["participants", "Alice"],
    ["sender_name", 5],
    ["destination_caller_id", []],
    ["created_at", 5],
    ["reply_to_guid", 5],
    ["reply_to_text", 5],
    ["reply_to_sender", 5],
    ["thread_originator_guid", 5],
    ["is_reaction", "no"]
  ] as const
  for (const [field, value] of optional) {
    it.effect(`of which ${field} cannot be read is one without it`, () =>
      Effect.gen(function* () {
        const { [field]: _, ...rest }: Readonly<Record<string, unknown>> = { ...row }
        expect(yield* decode([{ ...rest, [field]: value }])).toEqual({ readable: [rest], unreadable: 0 })
        expect(yield* decode([{ ...rest, [field]: null }])).toEqual({ readable: [rest], unreadable: 0 })
      })
    )
  }

  const needed = [
    ["id", "5"],
    ["guid", ""],
    ["is_from_me", 1],
    ["text", 5],
    ["sender", 5],
    ["is_group", "no"],
    ["attachments", [{ transfer_name: 5 }]]
  ] as const
  for (const [field, value] of needed) {
    it.effect(`of which ${field} cannot be read is none`, () =>
      Effect.gen(function* () {
        expect(yield* decode([{ ...row, [field]: value }])).toEqual({ readable: [], unreadable: 1 })
      })
    )
  }

  it.effect("keeps a file of which only the type cannot be read", () =>
    Effect.gen(function* () {
      const { readable } = yield* decode([
        { ...row, attachments: [{ transfer_name: "a.png", mime_type: 5, original_path: {} }] }
      ])
      expect(readable).toMatchObject([{ attachments: [{ transfer_name: "a.png" }] }])
    })
  )
})
