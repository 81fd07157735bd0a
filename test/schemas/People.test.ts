import { describe, expect, it } from "@effect/vitest"
import { peerOf } from "../../src/schemas/People.ts"
import { makeConfig } from "../support/configs.ts"

describe("what stands for a sender", () => {
  const { people } = makeConfig({
    people: { sam: ["+1 (555) 555-0101", "Sam@Example.com"], mybank: ["+15555550102"] }
  })
  const rows = [
    { what: "is the handle", sender: "+15555550103", peer: "+15555550103" },
    { what: "is the person, by the one handle", sender: "+15555550101", peer: "sam" },
    { what: "is the person, by the other handle", sender: "sam@example.com", peer: "sam" },
    { what: "is an email as it is", sender: "ada@example.com", peer: "ada@example.com" },
    { what: "is never the name of a person for a company that has it", sender: "mybank", peer: "sms:mybank" },
    { what: "is marked for a short code", sender: "26266", peer: "sms:26266" },
    { what: "is a business as it is", sender: "urn:biz:1", peer: "urn:biz:1" }
  ]
  for (const { peer, sender, what } of rows) {
    it(what, () => expect(peerOf(people, sender)).toBe(peer))
  }
})
