/** Pictures that people send, as models are given them. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { asTurnMessage, makeEnvelope } from "../../../support/envelopes.ts"
import { modelServer, saying } from "../../../support/modelServer.ts"
import { ask, INTERFACES, type Interface } from "./asking.ts"

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1")

/** A folder with files, and what a message says of each. */
const files = (contents: Readonly<Record<string, Uint8Array>>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped()
    return yield* Effect.forEach(Object.entries(contents), ([name, bytes]) => {
      const path = `${dir}/${name}`
      const mimeType = name.endsWith(".txt")
        ? "text/plain"
        : name.endsWith(".png")
          ? "image/png"
          : "image/jpeg"
      return Effect.as(fs.writeFile(path, bytes), { path, name, mimeType, bytes: bytes.length })
    })
  }).pipe(Effect.provide(NodeFileSystem.layer))

const told = (
  name: Interface,
  contents: Readonly<Record<string, Uint8Array>>,
  { images = true, lost = false } = {}
) =>
  Effect.gen(function* () {
    const server = yield* modelServer(saying("a picture"))
    const attachments = (yield* files(contents)).map((file) =>
      lost ? { ...file, path: `${file.path}.gone` } : file
    )
    yield* ask(server.url, {
      runtime: { ...INTERFACES[name], images },
      turn: { envelopes: [{ ...asTurnMessage(makeEnvelope({ text: "look" })), attachments }] }
    })
    return (yield* server.asked)[0]?.body
  })

const base64 = JPEG.toString("base64")
const TEXT = "look\n[attachment: image/jpeg a.jpg]"

describe("a picture", () => {
  it.scopedLive("is a data URL for chat completions", () =>
    Effect.gen(function* () {
      const content = [
        { type: "text", text: TEXT },
        { type: "image_url", image_url: { url: `data:image/jpeg;base64,${base64}` } }
      ]
      expect(yield* told("chat", { "a.jpg": JPEG })).toMatchObject({
        messages: [{}, { role: "user", content }]
      })
    })
  )

  it.scopedLive("is a data URL for responses", () =>
    Effect.gen(function* () {
      const content = [
        { type: "input_text", text: TEXT },
        { type: "input_image", image_url: `data:image/jpeg;base64,${base64}` }
      ]
      expect(yield* told("responses", { "a.jpg": JPEG })).toMatchObject({
        input: [{ role: "user", content }]
      })
    })
  )

  it.scopedLive("is base64 for Anthropic", () =>
    Effect.gen(function* () {
      const content = [
        { type: "image", source: { type: "base64", media_type: "image/jpeg", data: base64 } },
        { type: "text", text: TEXT }
      ]
      expect(yield* told("anthropic", { "a.jpg": JPEG })).toMatchObject({
        messages: [{ role: "user", content }]
      })
    })
  )

  it.scopedLive("is of the type that its content has", () =>
    Effect.gen(function* () {
      expect(JSON.stringify(yield* told("chat", { "a.jpg": PNG }))).toContain("data:image/png;base64,")
    })
  )
})

describe("what is only named", () => {
  it.scopedLive.each([
    {
      what: "a picture, where the model is given none",
      file: { "a.jpg": JPEG },
      options: { images: false },
      line: "[attachment: image/jpeg a.jpg]"
    },
    {
      what: "a file of another kind",
      file: { "a.txt": JPEG },
      options: {},
      line: "[attachment: text/plain a.txt]"
    },
    {
      what: "what is no picture, whatever its name",
      file: { "a.jpg": Buffer.from("hi") },
      options: {},
      line: "[attachment: image/jpeg a.jpg]"
    },
    {
      what: "a file that is gone",
      file: { "a.jpg": JPEG },
      options: { lost: true },
      line: "[attachment withheld: image, missing]"
    },
    {
      what: "a picture of more than 5 MB as it is sent",
      file: { "a.jpg": Buffer.concat([JPEG, Buffer.alloc(4_000_000)]) },
      options: {},
      line: "[attachment withheld: image, too large]"
    }
  ])("is $what", ({ file, line, options }) =>
    Effect.gen(function* () {
      expect(yield* told("chat", file, options)).toMatchObject({
        messages: [{}, { content: `look\n${line}` }]
      })
    })
  )

  it.scopedLive("is what comes before the eight newest pictures", () =>
    Effect.gen(function* () {
      const nine = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`${at}.png`, PNG]))
      const body = JSON.stringify(yield* told("chat", nine))
      expect(body.match(/data:image/gu)).toHaveLength(8)
      expect(body).toContain("[attachment withheld: image, too many]")
      expect(body).not.toContain("[attachment: image/png 0.png]")
    })
  )
})
