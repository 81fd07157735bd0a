import { describe, expect, it } from "@effect/vitest"
import { jsonSchema } from "../../src/programs/commands/config/jsonSchema.ts"

const schema: unknown = JSON.parse(JSON.stringify(jsonSchema()))

/** All values in a JSON value that stand under `key`. */
const under = (key: string, value: unknown): ReadonlyArray<unknown> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([own, inner]) => [...(own === key ? [inner] : []), ...under(key, inner)])
    : []

describe("the JSON Schema", () => {
  it("is draft-07", () => {
    expect(schema).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#", type: "object" })
  })

  it("describes imessage at the top level and in channels", () => {
    const imessage = { allOf: [{ $ref: "#/$defs/Imessage" }] }
    expect(schema).toMatchObject({
      properties: { imessage },
      $defs: { Channels: { properties: { imessage } } }
    })
  })

  it("carries descriptions, choices and defaults", () => {
    expect(schema).toMatchObject({
      $defs: {
        Account: {
          properties: {
            dmPolicy: {
              enum: ["pairing", "allowlist", "open", "disabled"],
              default: "pairing",
              description: expect.stringContaining("Who may write directly")
            },
            historyLimit: { type: "integer", minimum: 0, default: 50 },
            attachmentRoots: { default: ["~/Library/Messages/Attachments"] }
          }
        }
      }
    })
  })

  it("allows what other gateways have at the top level, and nothing unknown in imessage", () => {
    expect(schema).toMatchObject({
      additionalProperties: { anyOf: [{}] },
      $defs: {
        Imessage: { additionalProperties: false },
        Account: { additionalProperties: false },
        Agent: { additionalProperties: { anyOf: [{}] } }
      }
    })
  })

  it("names the keys of other gateways that are ignored there all the same", () => {
    const ignored = { description: "A key of other gateways; it is ignored." }
    expect(schema).toMatchObject({
      $defs: {
        Imessage: { properties: { markdown: ignored } },
        Account: { properties: { markdown: ignored } },
        Group: { properties: { toolsBySender: ignored } }
      }
    })
  })

  it("leaves the bindings of other channels alone", () => {
    expect(schema).toMatchObject({
      properties: {
        bindings: {
          items: {
            if: { properties: { match: { properties: { channel: { const: "imessage" } } } } },
            // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
            then: { $ref: "#/$defs/Binding" }
          }
        }
      }
    })
  })

  it("resolves all its references", () => {
    const [definitions] = under("$defs", schema)
    const names = Object.keys(definitions ?? {}).map((name) => `#/$defs/${name}`)
    expect(under("$ref", schema).filter((ref) => !names.includes(String(ref)))).toEqual([])
  })

  it("asks for the secret of the web page as a string", () => {
    expect(schema).toMatchObject({ $defs: { ControlHttp: { properties: { token: { type: "string" } } } } })
  })
})
