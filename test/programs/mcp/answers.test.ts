import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { chatOf, listed, refused, resourcesOf } from "../../../src/programs/mcp/answers.ts"

describe("the address of a chat", () => {
  it.each([
    ["imsg://chat/default/7", { account: "default", chat_id: 7 }],
    ["imsg://chat/my%20mac/7", { account: "my mac", chat_id: 7 }]
  ])("names an account and a chat: %s", (uri, chat) => {
    expect(chatOf(uri)).toEqual(Option.some(chat))
  })

  it.each([
    "imsg://chat/default",
    "imsg://chat/default/x",
    "imsg://chat/default/7/8",
    "imsg://chat//7",
    "imsg://chat/%E0%A4%A/7",
    "imsg://chats/default/7",
    "file:///etc/passwd"
  ])("is no other: %s", (uri) => {
    expect(chatOf(uri)).toEqual(Option.none())
  })

  it("is what a chat is listed under", () => {
    const chat = (chat_id: number, name: string | null) => ({
      account: "my mac",
      chat_id,
      name,
      participants: [{ handle: "+15555550111", name: "Sam" }, { handle: "kim@example.com" }]
    })
    const resources = resourcesOf({ account: "*", chats: [chat(7, "Trip"), chat(8, null)] })
    expect(resources.map(({ title }) => title)).toEqual(["Trip", "Sam, kim@example.com"])
    expect(resources.map(({ uri }) => Option.getOrThrow(chatOf(uri)))).toEqual([
      { account: "my mac", chat_id: 7 },
      { account: "my mac", chat_id: 8 }
    ])
    expect(resourcesOf({ of: "another version" })).toEqual([])
  })
})

describe("what a client is told", () => {
  it("of a failure is the whole of it, as an answer", () => {
    expect(refused({ message: "there is no chat 9", hint: "Look for it." })).toEqual({
      isError: true,
      content: [{ type: "text", text: "there is no chat 9. Look for it." }]
    })
  })

  it("of a tool always has an object that it takes, which the protocol wants", () => {
    const tool = { name: "one", title: "One", description: "It is one.", readOnly: true }
    const { tools } = listed([
      { ...tool, inputSchema: { properties: { a: {} } } },
      { ...tool, inputSchema: true }
    ])
    expect(tools.map(({ inputSchema }) => inputSchema)).toEqual([
      { type: "object", properties: { a: {} } },
      { type: "object" }
    ])
  })
})
