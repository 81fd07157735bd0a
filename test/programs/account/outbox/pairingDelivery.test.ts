import { describe, expect, it } from "@effect/vitest"
import { approvalDelivery, pairingDelivery } from "../../../../src/programs/account/outbox/pairingDelivery.ts"
import { accountDefaults } from "../../../../src/schemas/config/imessage.ts"
import { makeAccount } from "../../../support/configs.ts"
import { ALICE } from "../../../support/envelopes.ts"

const request = {
  accountId: "default",
  sender: ALICE,
  code: "ABCD2345",
  createdAt: 0,
  expiresAt: 1,
  lastSeenAt: 0
}
const target = { _tag: "ChatId", chatId: 7 } as const
const replyTo = (message: string, sender = ALICE) =>
  pairingDelivery(makeAccount({ pairing: { message } }), { ...request, sender }, target).replies

describe("the reply to a stranger", () => {
  const rows = [
    { what: "has the code", message: "code {code}", text: "code ABCD2345" },
    { what: "has the sender", message: "hello {sender}", text: `hello ${ALICE}` },
    {
      what: "has the command that approves it",
      message: "{command}",
      text: "imsg-gateway pairing approve imessage ABCD2345"
    },
    {
      what: "has a placeholder as often as it stands there",
      message: "{code} {code}",
      text: "ABCD2345 ABCD2345"
    },
    { what: "leaves other braces alone", message: "{name} {} {CODE}", text: "{name} {} {CODE}" },
    { what: "may have none of them", message: "ask me in person", text: "ask me in person" }
  ]
  for (const { message, text, what } of rows) {
    it(what, () => expect(replyTo(message)).toEqual([{ text }]))
  }

  it("has a sender literally, also where it looks like a placeholder or a replacement", () =>
    expect(replyTo("{sender} {code}", "$&{code}")).toEqual([{ text: "$&{code} ABCD2345" }]))

  it("has code and command without a template of the owner's", () => {
    const [reply] = pairingDelivery(makeAccount(), request, target).replies
    expect(reply?.text).toContain("imsg-gateway pairing approve imessage ABCD2345")
    expect(accountDefaults.pairing.message).toContain("{code}")
  })

  it("goes to the chat that it is given, through the account", () =>
    expect(pairingDelivery(makeAccount(), request, target)).toMatchObject({ accountId: "default", target }))

  it("is one delivery for a request", () =>
    expect(pairingDelivery(makeAccount(), request, target).id).toBe(
      pairingDelivery(makeAccount({ pairing: { message: "another" } }), request, target).id
    ))

  it("is another delivery for another code", () =>
    expect(pairingDelivery(makeAccount(), { ...request, code: "WXYZ2345" }, target).id).not.toBe(
      pairingDelivery(makeAccount(), request, target).id
    ))
})

describe("what somebody is told who was let in", () => {
  const notice = { accountId: "default", sender: ALICE, code: "ABCD2345", target }
  const saying = (approvedMessage: string) => makeAccount({ pairing: { approvedMessage } })

  const rows = [
    { what: "has the sender", approvedMessage: "hello {sender}", text: `hello ${ALICE}` },
    {
      what: "has neither code nor command: they are used up",
      approvedMessage: "{code} {command}",
      text: "{code} {command}"
    },
    { what: "may have none of them", approvedMessage: "come in", text: "come in" }
  ]
  for (const { approvedMessage, text, what } of rows) {
    it(what, () => expect(approvalDelivery(saying(approvedMessage), notice).replies).toEqual([{ text }]))
  }

  it("has a sender literally", () =>
    expect(approvalDelivery(saying("{sender}"), { ...notice, sender: "$&{sender}" }).replies).toEqual([
      { text: "$&{sender}" }
    ]))

  it("is something without a template of the owner's", () =>
    expect(approvalDelivery(makeAccount(), notice).replies).toEqual([
      { text: accountDefaults.pairing.approvedMessage }
    ]))

  it("goes to where they wrote, through the account", () =>
    expect(approvalDelivery(makeAccount(), notice)).toMatchObject({ accountId: "default", target }))

  it("is one delivery for an approval, and another than the reply with its code", () => {
    const { id } = approvalDelivery(makeAccount(), notice)
    expect(approvalDelivery(saying("another"), notice).id).toBe(id)
    expect(approvalDelivery(makeAccount(), { ...notice, code: "WXYZ2345" }).id).not.toBe(id)
    expect(pairingDelivery(makeAccount(), request, target).id).not.toBe(id)
  })
})
