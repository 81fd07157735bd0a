import { describe, expect, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { Envelope, envelopeKey, fromMessage, replyTarget } from "../../src/schemas/Envelope.ts"
import { type ImsgAttachment, ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import { ALICE, makeEnvelope, makeMessage } from "../support/envelopes.ts"

const envelopeOf = (message: Partial<ImsgMessage>) =>
  Option.getOrThrow(fromMessage("default", "US", makeMessage(message)))

describe("an envelope", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly message: Partial<ImsgMessage>
    readonly envelope: Partial<Envelope>
  }> = [
    { what: "has its account", message: {}, envelope: { accountId: "default" } },
    { what: "has the row's id and guid", message: { id: 5, guid: "g" }, envelope: { rowId: 5, guid: "g" } },
    { what: "resumes at its row", message: { id: 5 }, envelope: { cursor: 5 } },
    {
      what: "resumes at the watch's cursor where there is one",
      message: { id: 5, cursor: 9 },
      envelope: { rowId: 5, cursor: 9 }
    },
    { what: "normalises its sender", message: { sender: "(555) 555-0101" }, envelope: { sender: ALICE } },
    {
      what: "has an empty sender where Messages is silent",
      message: { sender: "" },
      envelope: { sender: "" }
    },
    { what: "has the text as it is", message: { text: " a\n" }, envelope: { text: " a\n" } },
    {
      what: "has its time in Unix ms",
      message: { created_at: "2026-01-02T03:04:05.678Z" },
      envelope: { sentAt: 1767323045678 }
    },
    {
      what: "reads a time with an offset",
      message: { created_at: "2026-01-02T04:04:05+01:00" },
      envelope: { sentAt: 1767323045000 }
    },
    { what: "is a group where the row says so", message: { is_group: true }, envelope: { isGroup: true } },
    {
      what: "is none where the row says so, whatever its guid",
      message: { is_group: false, chat_guid: "iMessage;+;chat1" },
      envelope: { isGroup: false }
    },
    {
      what: "is a group by its guid where the row is silent",
      message: { chat_guid: "iMessage;+;chat1" },
      envelope: { isGroup: true }
    },
    {
      what: "is a group by its identifier where the row is silent",
      message: { chat_identifier: "any;+;chat1" },
      envelope: { isGroup: true }
    },
    {
      what: "is direct where nothing says otherwise",
      message: { chat_guid: "iMessage;-;+15555550101" },
      envelope: { isGroup: false }
    },
    { what: "knows what is from me", message: { is_from_me: true }, envelope: { isFromMe: true } },
    { what: "knows a reaction", message: { is_reaction: true }, envelope: { isReaction: true } },
    {
      what: "has what it replies to",
      message: { reply_to_text: "hi", reply_to_sender: ALICE },
      envelope: { replyTo: { text: "hi", sender: ALICE } }
    }
  ]
  for (const { envelope, message, what } of rows) {
    it(what, () => expect(envelopeOf(message)).toMatchObject(envelope))
  }

  for (const absent of [{ chat_id: 0 }, { chat_id: -1 }]) {
    it(`is not made of a row with chat_id ${absent.chat_id}`, () =>
      expect(fromMessage("default", "US", makeMessage(absent))).toEqual(Option.none()))
  }

  it("is not made of a row without a chat", () => {
    const { chat_id, ...message } = makeMessage()
    expect(chat_id).toBeDefined()
    expect(fromMessage("default", "US", message)).toEqual(Option.none())
  })

  it("has no time where the row has none that can be read", () =>
    expect(envelopeOf({ created_at: "yesterday" })).not.toHaveProperty("sentAt"))

  it("leaves out what is empty", () => {
    const envelope = envelopeOf({
      chat_guid: "",
      chat_identifier: "",
      chat_name: "",
      sender_name: "",
      reply_to_text: ""
    })
    expect(Object.keys(envelope)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(chatGuid|chatIdentifier|chatName|senderName|replyTo)$/)
      ])
    )
  })

  it("of a row full of nulls is the envelope of the bare row", () => {
    const nulls = Object.fromEntries(Object.keys(ImsgMessage.fields).map((key) => [key, null] as const))
    const row = Schema.decodeUnknownSync(ImsgMessage)({ ...nulls, ...makeMessage() })
    expect(fromMessage("default", "US", row)).toEqual(Option.some(envelopeOf({})))
  })

  it("survives the store: it decodes to what was encoded", () => {
    const envelope = envelopeOf({
      created_at: "2026-01-02T03:04:05Z",
      attachments: [{ filename: "/a/b.png" }],
      reply_to_text: "hi"
    })
    const stored: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(Envelope)(envelope)))
    expect(Schema.decodeUnknownSync(Envelope)(stored)).toEqual(envelope)
  })
})

describe("a file of an envelope", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly file: ImsgAttachment
    readonly attachment: Partial<Envelope["attachments"][number]>
  }> = [
    {
      what: "is the converted one where there is one",
      file: {
        converted_path: "/c.jpg",
        original_path: "/o.heic",
        converted_mime_type: "image/jpeg",
        mime_type: "image/heic"
      },
      attachment: { path: "/c.jpg", mimeType: "image/jpeg" }
    },
    {
      what: "is the original one otherwise",
      file: { original_path: "/o.heic", filename: "~/o.heic", mime_type: "image/heic" },
      attachment: { path: "/o.heic", mimeType: "image/heic" }
    },
    {
      what: "falls back where a build writes empty strings",
      file: { converted_path: "", original_path: "", filename: "/f.bin", mime_type: "", transfer_name: "" },
      attachment: { path: "/f.bin", mimeType: "application/octet-stream", name: "f.bin", missing: false }
    },
    {
      what: "has the name that it was sent with",
      file: { original_path: "/o/1.heic", transfer_name: "cat.heic" },
      attachment: { name: "cat.heic" }
    },
    {
      what: "has the name of its path otherwise",
      file: { original_path: "/o/1.heic" },
      attachment: { name: "1.heic" }
    },
    {
      what: "has its size in bytes",
      file: { original_path: "/o", total_bytes: 12 },
      attachment: { bytes: 12 }
    },
    {
      what: "is missing where imsg says so",
      file: { original_path: "/o", missing: true },
      attachment: { missing: true }
    },
    { what: "is missing without a path", file: {}, attachment: { path: "", name: "", missing: true } }
  ]
  for (const { attachment, file, what } of rows) {
    it(what, () => expect(envelopeOf({ attachments: [file] }).attachments).toMatchObject([attachment]))
  }
})

describe("the reply to an envelope", () => {
  it("goes to the chat that it came from", () =>
    expect(replyTarget(makeEnvelope({ chatId: 42 }))).toEqual({ _tag: "ChatId", chatId: 42 }))
})

describe("the key of an envelope", () => {
  it("does not change with its row", () =>
    expect(envelopeKey(makeEnvelope({ rowId: 1, guid: "g" }))).toBe(
      envelopeKey(makeEnvelope({ rowId: 9, guid: "g" }))
    ))

  it("is another one in another account", () =>
    expect(envelopeKey(makeEnvelope({ accountId: "a" }))).not.toBe(
      envelopeKey(makeEnvelope({ accountId: "b" }))
    ))
})
