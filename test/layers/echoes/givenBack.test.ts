import { describe, expect, it } from "@effect/vitest"
import { isGivenBack, wordsOf } from "../../../src/layers/echoes/givenBack.ts"

const SAID = "Your flight leaves at nine, from gate 12."
const said = [wordsOf({ _tag: "Text", text: SAID })]
const gives = (text: string, words = said) => isGivenBack({ text, attachments: [] }, words)

describe("the gateway's own words are given back", () => {
  const back = [
    { how: "as they are", text: SAID },
    { how: "in other case and white space", text: "your flight  leaves\nat nine, FROM gate 12. " },
    { how: "with a prefix", text: `Robin: ${SAID}` },
    { how: "with a signature", text: `${SAID}\n\nSent from my phone` },
    { how: "as a quotation", text: `> ${SAID}` },
    { how: "line by line quoted", text: "> Your flight leaves at nine,\n> from gate 12." },
    { how: "in quotation marks", text: `“${SAID}”` },
    { how: "in other quotation marks, after who said it", text: `Robin wrote: «${SAID}»` },
    { how: "with control characters", text: `\u0006${SAID}\u0000` },
    { how: "with a length before them", text: `+${String.fromCharCode(SAID.length)}${SAID}` }
  ]
  for (const { how, text } of back) it(how, () => expect(gives(text)).toBe(true))

  it("where they are very long, also with a prefix", () => {
    const long = "This is one of many sentences that all are the same. ".repeat(400)
    const words = [wordsOf({ _tag: "Text", text: long })]
    expect(gives(long, words)).toBe(true)
    expect(gives(`Robin: ${long}`, words)).toBe(true)
    expect(gives(long.slice(0, 3000), words)).toBe(false)
  })

  it("where they are longer than is read, with something before and after them", () => {
    const long = Array.from({ length: 9000 }, (_, at) => `word${at}`).join("-")
    const words = [wordsOf({ _tag: "Text", text: long })]
    expect(gives(`Robin: ${long}\n\nSent from my phone`, words)).toBe(true)
    expect(gives(long.replaceAll("word", "sword"), words)).toBe(false)
  })

  it("where they are short, and nothing else is said", () => {
    const short = [wordsOf({ _tag: "Text", text: "Ok." })]
    expect(gives("ok.", short)).toBe(true)
    expect(gives("Ok. And when?", short)).toBe(false)
  })

  it("by the name of a file", () => {
    const words = [wordsOf({ _tag: "File", path: "/media/cat.png" })]
    const photo = (name: string) => ({
      text: "\ufffc",
      attachments: [{ path: "/a", mimeType: "image/png", name }]
    })
    expect(isGivenBack(photo("cat.png"), words)).toBe(true)
    expect(isGivenBack(photo("dog.png"), words)).toBe(false)
  })
})

describe("a message of one's own", () => {
  const own = [
    { what: "is something else", text: "And when do we land?" },
    { what: "has a part of the words", text: "from gate 12?" },
    {
      what: "quotes the words and says much to them",
      text: `> ${SAID}\n${"That is far too early for me. ".repeat(4)}`
    },
    { what: "is empty", text: "" }
  ]
  for (const { text, what } of own) it(what, () => expect(gives(text)).toBe(false))

  it("is compared with nothing that was empty", () =>
    expect(gives("hello", [{ begin: "", length: 0 }])).toBe(false))
})
