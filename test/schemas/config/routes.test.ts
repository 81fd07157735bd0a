import { describe, expect, it } from "@effect/vitest"
import { config } from "./decoding.ts"

describe("messages.budget", () => {
  it.each([
    { text: "{}", budget: { turns: 500, parts: 2000 } },
    { text: "{ messages: { budget: { turns: 7 } } }", budget: { turns: 7, parts: 2000 } },
    { text: "{ messages: { budget: { turns: 0, parts: 9 } } }", budget: { turns: 0, parts: 9 } },
    { text: "{ messages: { budget: false } }", budget: { turns: 0, parts: 0 } }
  ])("of $text is $budget", ({ budget, text }) => {
    expect(config(text).messages.budget).toEqual(budget)
  })
})

describe("agents", () => {
  it("have the first as default unless one says so", () => {
    const defaults = (text: string) => config(text).agents.list.map(({ isDefault }) => isDefault)
    expect(defaults('{ agents: { list: [{ id: "a" }, { id: "b" }] } }')).toEqual([true, false])
    expect(defaults('{ agents: { list: [{ id: "a" }, { id: "b", default: true }] } }')).toEqual([false, true])
  })

  it("take their mention patterns from messages.groupChat where they have none", () => {
    const text = `{
      agents: { list: [{ id: "a", groupChat: { mentionPatterns: ["a"] } }, { id: "b" }] },
      messages: { groupChat: { mentionPatterns: ["all"] } } }`
    expect(config(text).agents.list.map(({ mentionPatterns }) => mentionPatterns)).toEqual([["a"], ["all"]])
  })

  it("take their name from identity where they have none", () => {
    const text =
      '{ agents: { list: [{ id: "a", identity: { name: "Ada" } }, { id: "b", name: "Bob", identity: { name: "Eve" } }] } }'
    expect(config(text).agents.list.map(({ name }) => name)).toEqual(["Ada", "Bob"])
  })

  it("get the defaults of the command runtime", () => {
    const text =
      '{ agents: { list: [{ id: "a", runtime: { type: "command", command: ["ls"], cwd: "~/a" } }] } }'
    expect(config(text).agents.list[0].runtime).toEqual({
      type: "command",
      command: ["ls"],
      format: "text",
      timeoutMs: 600000,
      cwd: "/Users/me/a",
      env: {},
      passEnv: []
    })
  })

  it("without a runtime echo, and one warning names them", () => {
    const { agents, warnings } = config('{ agents: { list: [{ id: "a" }, { id: "b" }] } }')
    expect(agents.list.map(({ runtime }) => runtime.type)).toEqual(["echo", "echo"])
    expect(warnings).toEqual([
      "these agents have no runtime and answer with an echo of what they are told: a, b"
    ])
  })
})

describe("the model of an agent", () => {
  it.each<[what: string, agent: string, defaults: string, model: string | undefined]>([
    ["its own", 'model: "some/model"', '{ model: "other/model" }', "some/model"],
    ["its own, with fallbacks", 'model: { primary: "some/model", fallbacks: ["x"] }', "{}", "some/model"],
    ["that of all agents", "", '{ model: "other/model" }', "other/model"],
    ["that of all agents, with fallbacks", "", '{ model: { primary: "other/model" } }', "other/model"],
    ["that of all agents where its own names none", "model: { fallbacks: [] }", '{ model: "a" }', "a"],
    ["not an empty one", 'model: " "', '{ model: "" }', undefined],
    ["not known where nobody names it", "", "{ models: {} }", undefined]
  ])("is %s", (_, agent, defaults, model) => {
    const { agents } = config(`{ agents: { list: [{ id: "a", ${agent} }], defaults: ${defaults} } }`)
    expect(agents.list[0].model).toBe(model)
  })

  it("is that of all agents for the agent that there is without any", () => {
    expect(config('{ agents: { defaults: { model: "some/model" } } }').agents.list[0].model).toBe(
      "some/model"
    )
  })
})

describe("bindings", () => {
  const bindings = (peer: string, imessage = "{}") =>
    config(`{ imessage: ${imessage}, bindings: [{ agentId: "main", match: { peer: ${peer} } }] }`).accounts[0]
      ?.bindings

  it("are read into targets once", () => {
    expect(bindings('{ kind: "dm", id: "(555) 555-0123" }')).toEqual([
      {
        agentId: "main",
        peer: { kind: "direct", target: { _tag: "Handle", handle: "+15555550123", service: "auto" } }
      }
    ])
  })

  it.each(["42", '"42"', '" 42 "', '"chat_id:42"', '"imessage:chat:42"'])("name a group by %s", (id) => {
    expect(bindings(`{ kind: "group", id: ${id} }`)).toEqual([
      { agentId: "main", peer: { kind: "group", target: { _tag: "ChatId", chatId: 42 } } }
    ])
  })

  it("accept numbers for people too", () => {
    expect(bindings('{ kind: "direct", id: 15555550123 }')).toMatchObject([
      { peer: { target: { handle: "+15555550123" } } }
    ])
  })

  it("stand the most specific first, and else as in the file", () => {
    const text = `{
      agents: { list: [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }, { id: "e" }] },
      bindings: [
        { agentId: "a", match: { accountId: "*" } },
        { agentId: "b", match: { accountId: "default" } },
        { agentId: "c", match: { peer: { kind: "group", id: 1 } } },
        { agentId: "d", match: { accountId: "default", peer: { kind: "group", id: 1 } } },
        { agentId: "e", match: { peer: { kind: "group", id: 2 } } },
        { agentId: "e", match: { accountId: "other" } },
      ],
    }`
    expect(config(text).accounts[0]?.bindings.map(({ agentId }) => agentId)).toEqual([
      "d",
      "c",
      "e",
      "b",
      "a"
    ])
  })

  it("of an account that does not exist match nothing, and one warning says so", () => {
    const { accounts, warnings } = config(
      '{ bindings: [{ agentId: "main", match: { accountId: "bot", peer: { kind: "direct", id: "Ada" } } }] }'
    )
    expect(accounts[0]?.bindings).toEqual([])
    expect(warnings[1]).toBe(
      'a binding of agent main is for account "bot", which does not exist, and matches nothing'
    )
  })
})

describe("the name of an agent", () => {
  const nameOf = (agent: string) =>
    config(`{ agents: { list: [{ id: "a", ${agent} }] } }`).agents.list[0].name

  it.each<[what: string, agent: string, name: string | undefined]>([
    ["is its own", 'name: "Ada", identity: { name: "Robin" }', "Ada"],
    ["is that of its identity where it has none", 'identity: { name: " Robin " }', "Robin"],
    [
      "is that of its identity where nothing is seen of its own",
      'name: "\u200b", identity: { name: "Robin" }',
      "Robin"
    ],
    ["is none where nothing is seen of it", 'name: "\u200b \u3164"', undefined],
    ["is none where nothing is seen of that of its identity", 'identity: { name: "\u200b" }', undefined],
    ["may be a sign", 'name: "🦞"', "🦞"]
  ])("%s", (_, agent, name) => expect(nameOf(agent)).toBe(name))
})
