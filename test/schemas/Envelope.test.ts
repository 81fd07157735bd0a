import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  Envelope,
  envelopeKey,
  fromMessage,
  replyTarget,
  withoutQuote,
  withReaction
} from "../../src/schemas/Envelope.ts"
import { type ImsgAttachment, ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import { type ConfigFileContent, makeAccount } from "../support/configs.ts"
import { ALICE, BOB, makeEnvelope, makeMessage } from "../support/envelopes.ts"

const envelopeOf = (message: Partial<ImsgMessage>, imessage: ConfigFileContent = {}) =>
  fromMessage(makeAccount(imessage), makeMessage(message))

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
      what: "has no mark in its text where a file was",
      message: { text: "\ufffcone\ufffc\ufffc two" },
      envelope: { text: "one two" }
    },
    { what: "has no text where a file is all", message: { text: "\ufffc" }, envelope: { text: "" } },
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
    {
      what: "knows how many others are in its chat",
      message: { participants: [ALICE, BOB] },
      envelope: { participantCount: 2 }
    },
    { what: "knows what is from me", message: { is_from_me: true }, envelope: { isFromMe: true } },
    { what: "knows a reaction", message: { is_reaction: true }, envelope: { isReaction: true } }
  ]
  for (const { envelope, message, what } of rows) {
    it(what, () => expect(envelopeOf(message)).toMatchObject(envelope))
  }

  for (const chat_id of [0, -1]) {
    it(`has no chat where the row has chat_id ${chat_id}`, () =>
      expect(envelopeOf({ chat_id })).not.toHaveProperty("chatId"))
  }

  it("has no chat where the row has none", () => {
    const { chat_id, ...message } = makeMessage()
    expect(chat_id).toBeDefined()
    expect(fromMessage(makeAccount(), message)).not.toHaveProperty("chatId")
  })

  it("does not know how many others are in its chat where the row is silent", () =>
    expect(envelopeOf({})).not.toHaveProperty("participantCount"))

  it("has no time where the row has none that can be read", () =>
    expect(envelopeOf({ created_at: "yesterday" })).not.toHaveProperty("sentAt"))

  it("leaves out what is empty", () => {
    const envelope = envelopeOf({
      chat_guid: "",
      chat_identifier: "",
      participants: [],
      sender_name: "",
      reply_to_text: ""
    })
    expect(Object.keys(envelope)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(chatGuid|chatIdentifier|senderName|replyTo)$/)])
    )
  })

  it("of a row full of nulls is the envelope of the bare row", () => {
    const nulls = Object.fromEntries(Object.keys(ImsgMessage.fields).map((key) => [key, null] as const))
    const row = Schema.decodeUnknownSync(ImsgMessage)({ ...nulls, ...makeMessage() })
    expect(fromMessage(makeAccount(), row)).toEqual(envelopeOf({}))
  })
})

describe("the service of an envelope", () => {
  it.each([
    { chat_guid: "iMessage;-;+15555550101", service: "imessage" },
    { chat_guid: "iMessage;+;chat1", service: "imessage" },
    { chat_guid: "SMS;-;+15555550101", service: "sms" },
    { chat_guid: "RCS;-;+15555550101", service: "auto" },
    { chat_guid: "any;-;+15555550101", service: "auto" },
    { chat_guid: "", service: "auto" }
  ] as const)("is $service for a chat with the guid '$chat_guid'", ({ chat_guid, service }) =>
    expect(envelopeOf({ chat_guid }).service).toBe(service)
  )

  it.each([
    { what: "is the account's where the guid names none", chat_guid: "any;-;+15555550101", service: "sms" },
    { what: "is the chat's before the account's", chat_guid: "iMessage;-;+15555550101", service: "imessage" }
  ])("$what", ({ chat_guid, service }) =>
    expect(envelopeOf({ chat_guid }, { service: "sms" }).service).toBe(service)
  )

  it("is the account's where there is no guid", () =>
    expect(envelopeOf({}, { service: "sms" }).service).toBe("sms"))
})

describe("the bubble that an envelope replies to", () => {
  it("is the first of its thread, whether that can be quoted or not", () =>
    expect(envelopeOf({ thread_originator_guid: "g-0" })).toMatchObject({ threadGuid: "g-0" }))

  it("is none by the message that came before, which newer builds name for most", () =>
    expect(envelopeOf({ reply_to_guid: "g-1", reply_to_text: "hi" })).not.toHaveProperty("threadGuid"))
})

describe("what an envelope replies to", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly message: Partial<ImsgMessage>
    readonly replyTo: Envelope["replyTo"]
  }> = [
    { what: "has its text", message: {}, replyTo: { text: "hi" } },
    {
      what: "has its sender, normalised",
      message: { reply_to_sender: "(555) 555-0102" },
      replyTo: { text: "hi", sender: BOB }
    },
    { what: "has its guid", message: { reply_to_guid: "g-1" }, replyTo: { text: "hi", guid: "g-1" } },
    {
      what: "has the guid of the thread's first message where there is no other",
      message: { thread_originator_guid: "g-0" },
      replyTo: { text: "hi", guid: "g-0" }
    },
    {
      what: "has that guid also where a build writes an empty one",
      message: { reply_to_guid: "", thread_originator_guid: "g-0" },
      replyTo: { text: "hi", guid: "g-0" }
    },
    {
      what: "has the guid of the thread's first message, whose text it is, before its own",
      message: { reply_to_guid: "g-1", thread_originator_guid: "g-0" },
      replyTo: { text: "hi", guid: "g-0" }
    },
    {
      what: "has no mark where a file was",
      message: { reply_to_text: "\ufffchi" },
      replyTo: { text: "hi" }
    },
    {
      what: "has no sender where a build writes an empty one",
      message: { reply_to_sender: "" },
      replyTo: { text: "hi" }
    }
  ]
  for (const { message, replyTo, what } of rows) {
    it(what, () => expect(envelopeOf({ reply_to_text: "hi", ...message }).replyTo).toStrictEqual(replyTo))
  }

  it("is nothing without a text, whatever else is there", () =>
    expect(envelopeOf({ reply_to_guid: "g-1", reply_to_sender: BOB })).not.toHaveProperty("replyTo"))

  const quoting = { reply_to_text: "words of somebody", reply_to_sender: BOB, thread_originator_guid: "g-0" }

  it.each<readonly [what: string, message: Partial<ImsgMessage>]>([
    ["a tapback", { is_reaction: true, reaction_type: "love", reacted_to_guid: "g-1" }],
    ["a tapback to nothing that is known", { is_reaction: true }],
    ["a vote", { poll: { kind: "vote", poll_guid: "g-1", vote: { option_id: "a" } } }]
  ])("is nothing of %s, which says itself what it is to", (_, message) =>
    expect(envelopeOf({ ...quoting, ...message })).not.toHaveProperty("replyTo")
  )

  it("is nothing of a tapback in words, in whoever's thread it came", () =>
    expect(
      withReaction(envelopeOf(quoting), { kind: "love", isRemoved: false, to: { isOwn: true } })
    ).not.toHaveProperty("replyTo"))

  it("can be taken from it", () =>
    expect(withoutQuote(envelopeOf({ reply_to_text: "hi" }))).toStrictEqual(envelopeOf({})))
})

describe("a file of an envelope", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly file: ImsgAttachment
    readonly attachment: Partial<Envelope["attachments"][number]>
  }> = [
    {
      what: "is where it lay at first",
      file: { original_path: "/o.heic", filename: "~/o.heic", mime_type: "image/heic" },
      attachment: { path: "/o.heic", mimeType: "image/heic" }
    },
    {
      what: "falls back where a build writes empty strings",
      file: { original_path: "", filename: "/f.bin", mime_type: "", transfer_name: "" },
      attachment: { path: "/f.bin", mimeType: "application/octet-stream", name: "f.bin" }
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
    { what: "may have no path", file: {}, attachment: { path: "", name: "" } },
    {
      what: "has a copy where it is a voice note that was converted",
      file: { original_path: "/a.caf", converted_path: "/c.m4a", converted_mime_type: "audio/mp4" },
      attachment: { path: "/a.caf", converted: { path: "/c.m4a", mimeType: "audio/mp4" } }
    }
  ]
  const ingesting = { includeAttachments: true }
  for (const { attachment, file, what } of rows) {
    it(what, () =>
      expect(envelopeOf({ attachments: [file] }, ingesting).attachments).toMatchObject([attachment])
    )
  }

  it("is left out where the account takes none, also where a build shows it", () =>
    expect(envelopeOf({ attachments: [{ original_path: "/o.heic" }] }).attachments).toEqual([]))

  it("that is a film without its movement is no copy", () => {
    const gif = { original_path: "/a.gif", converted_path: "/a.png", converted_mime_type: "image/png" }
    expect(envelopeOf({ attachments: [gif] }, ingesting).attachments[0]).not.toHaveProperty("converted")
  })
})

describe("an envelope in the store", () => {
  it("decodes to what was encoded", () => {
    const envelope = envelopeOf(
      {
        chat_guid: "SMS;-;+15555550101",
        created_at: "2026-01-02T03:04:05Z",
        attachments: [{ filename: "/a/b.png" }],
        reply_to_text: "hi",
        reply_to_guid: "g-1"
      },
      { includeAttachments: true }
    )
    const stored: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(Envelope)(envelope)))
    expect(Schema.decodeUnknownSync(Envelope)(stored)).toEqual(envelope)
  })

  it("decodes from before it had a service, with what it and its files had then", () => {
    const { service, ...older } = makeEnvelope({ replyTo: { text: "hi", sender: BOB } })
    const file = { path: "/a/b.png", mimeType: "image/png", name: "b.png" }
    const stored: unknown = {
      ...older,
      chatName: "Family",
      attachments: [{ ...file, bytes: 12, missing: false }]
    }
    expect(Schema.decodeUnknownSync(Envelope)(stored)).toStrictEqual({
      ...older,
      service,
      attachments: [file]
    })
    expect(service).toBe("auto")
  })
})

describe("the reply to an envelope", () => {
  it("goes to the chat that it came from", () =>
    expect(replyTarget(makeEnvelope({ chatId: 42 }))).toEqual({ _tag: "ChatId", chatId: 42 }))

  it("goes to who wrote it, by the same service, where Messages does not say which chat it is", () =>
    expect(replyTarget(envelopeOf({ chat_id: 0, chat_guid: "SMS;-;+15555550101" }))).toEqual({
      _tag: "Handle",
      handle: ALICE,
      service: "sms"
    }))
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
