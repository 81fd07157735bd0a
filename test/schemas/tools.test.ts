/** What tools take, as those read it who call them. */
import { describe, expect, it } from "@effect/vitest"
import { inputSchemaOf, TOOLS, type Tool } from "../../src/schemas/tools.ts"

const tools = Object.values<Tool>(TOOLS)

/** What is taken of what is delivered, and where it is delivered. */
const DELIVERED = ["idempotency_key", "wait_ms"]
const IN_CHAT = ["account", "chat_id"]

describe("what a tool takes", () => {
  for (const tool of tools) {
    const schema = JSON.parse(JSON.stringify(inputSchemaOf(tool)))

    it(`is an object of named values, without references: ${tool.name}`, () => {
      expect(schema).toMatchObject({ type: "object", additionalProperties: false })
      expect(JSON.stringify(schema)).not.toMatch(/"\$(?:ref|defs)"/u)
      for (const property of Object.values<{ readonly description?: string }>(schema.properties)) {
        expect(property.description).toMatch(/^[A-Z`].*[.:]/u)
      }
    })

    it(`says the bounds of each number and text that has any: ${tool.name}`, () => {
      for (const [name, property] of Object.entries<Readonly<Record<string, unknown>>>(schema.properties)) {
        if (property.type === "integer") {
          expect({ name, ...property }).toMatchObject({
            minimum: expect.any(Number),
            maximum: expect.any(Number)
          })
        }
      }
    })
  }

  it("stays what it is: programs are written for it", () => {
    expect(
      Object.fromEntries(
        tools.map((tool) => {
          const { properties, required } = JSON.parse(JSON.stringify(inputSchemaOf(tool)))
          return [tool.name, { takes: Object.keys(properties), needs: required }]
        })
      )
    ).toEqual({
      list_chats: { takes: ["account", "limit"], needs: [] },
      read_messages: { takes: ["account", "chat_id", "limit"], needs: ["chat_id"] },
      search_messages: { takes: ["account", "query", "limit"], needs: ["query"] },
      send_message: {
        takes: ["account", "chat_id", "to", "text", "reply_to", "effect", ...DELIVERED],
        needs: ["text"]
      },
      send_poll: {
        takes: [...IN_CHAT, "question", "options", "reply_to", ...DELIVERED],
        needs: ["question", "options"]
      },
      react: { takes: [...IN_CHAT, "guid", "reaction", "remove", ...DELIVERED], needs: ["guid", "reaction"] },
      edit_message: { takes: [...IN_CHAT, "guid", "text", ...DELIVERED], needs: ["guid", "text"] },
      unsend_message: { takes: [...IN_CHAT, "guid", ...DELIVERED], needs: ["guid"] },
      vote: { takes: [...IN_CHAT, "guid", "option", "remove", ...DELIVERED], needs: ["guid", "option"] },
      rename_group: { takes: [...IN_CHAT, "name", ...DELIVERED], needs: ["name"] },
      set_group_icon: { takes: [...IN_CHAT, "path", ...DELIVERED], needs: [] },
      add_to_group: { takes: [...IN_CHAT, "handle", ...DELIVERED], needs: ["handle"] },
      remove_from_group: { takes: [...IN_CHAT, "handle", ...DELIVERED], needs: ["handle"] },
      leave_group: { takes: [...IN_CHAT, ...DELIVERED], needs: [] },
      create_chat: { takes: ["account", "addresses", "name", "text", ...DELIVERED], needs: ["addresses"] },
      get_delivery: { takes: ["delivery_id"], needs: ["delivery_id"] },
      wait_for_messages: { takes: ["account", "chat_id", "after", "wait_ms"], needs: [] },
      list_pairings: { takes: ["account"], needs: [] }
    })
    expect(inputSchemaOf(TOOLS.send_message)).toMatchObject({
      properties: {
        chat_id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
        text: { type: "string", minLength: 1, maxLength: 20_000 },
        wait_ms: { type: "integer", minimum: 0, maximum: 60_000 }
      }
    })
  })
})
