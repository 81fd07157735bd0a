/** What stands before a reply. */
import { describe, expect, it } from "@effect/vitest"
import { withPrefix } from "../../../src/programs/session/responsePrefix.ts"
import type { AgentConfig } from "../../../src/schemas/Config.ts"
import { makeAccount, makeConfig } from "../../support/configs.ts"

const agentOf = (agent: { readonly name?: string; readonly model?: string } = {}): AgentConfig =>
  makeConfig({ agents: { list: [{ id: "main", ...agent }] } }).agents.list[0]

const full = { name: "Ada", model: "example-1" }

describe("the prefix of a reply", () => {
  it.each([
    { what: "is none where the config has none", template: undefined, text: "hi" },
    { what: "is none where it is empty", template: "", text: "hi" },
    { what: "is none where it is blank", template: " \n ", text: "hi" },
    { what: "is a text, with a space after it", template: "bot:", text: "bot: hi" },
    { what: "keeps its own space", template: "bot: ", text: "bot: hi" },
    { what: "keeps its own line break", template: "bot:\n", text: "bot:\nhi" },
    { what: "keeps its own space before it", template: "  bot:", text: "  bot: hi" },
    { what: "has the agent's name", template: "{agent}:", text: "Ada: hi" },
    { what: "has the account's name", template: "{account}:", text: "Home: hi" },
    { what: "has the model", template: "({model})", text: "(example-1) hi" },
    {
      what: "has all of them, as often as they stand there",
      template: "{agent}/{account}/{model}/{agent}",
      text: "Ada/Home/example-1/Ada hi"
    },
    { what: "leaves other braces alone", template: "{other} {} {Agent}", text: "{other} {} {Agent} hi" },
    { what: "is the agent's name in brackets for auto", template: "auto", text: "[Ada] hi" },
    { what: "is that also with spaces around", template: " auto\n", text: "[Ada] hi" },
    { what: "is no auto within other words", template: "auto:", text: "auto: hi" }
  ])("$what", ({ template, text }) => {
    expect(withPrefix(template, agentOf(full), makeAccount({ name: "Home" }), "hi")).toBe(text)
  })

  it.each(["```sh\nls\n```", "~~~\nls\n~~~", "   ```\nls\n```"])(
    "leaves the first line of a code block a line of its own: %j",
    (code) => expect(withPrefix("bot: ", agentOf(full), makeAccount(), code)).toBe(`bot:\n${code}`)
  )

  it("has the ids where there are no names", () =>
    expect(withPrefix("{agent}/{account}", agentOf(), makeAccount(), "hi")).toBe("main/default hi"))

  it("keeps the placeholder of a model that nobody named", () =>
    expect(withPrefix("{agent} {model}", agentOf(), makeAccount(), "hi")).toBe("main {model} hi"))

  it("has names literally, also where they look like a placeholder or a replacement", () =>
    expect(withPrefix("{agent}", agentOf({ name: "$& $1 {account}" }), makeAccount(), "hi")).toBe(
      "$& $1 {account} hi"
    ))

  it("leaves the text as it is, whatever it looks like", () =>
    expect(withPrefix("bot:", agentOf(), makeAccount(), "  {agent}\n")).toBe("bot:   {agent}\n"))

  for (const text of ["", "  \n"]) {
    it(`does not make a text of ${JSON.stringify(text)}`, () =>
      expect(withPrefix("bot:", agentOf(), makeAccount(), text)).toBe(text))
  }
})
