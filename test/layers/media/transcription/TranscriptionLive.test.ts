/** Voice notes, written down by a server of the tests. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer as withLayer } from "@effect/vitest"
import { Context, Effect, HashMap, Layer, Logger, Option } from "effect"
import { layer } from "../../../../src/layers/media/transcription/TranscriptionLive.ts"
import { Transcription } from "../../../../src/services/Transcription.ts"
import { type ConfigFileContent, configLayer } from "../../../support/configs.ts"
import { type Behaviour, says, serve } from "../../../support/transcriptions.ts"

const SECRET = "sk-a-secret-key"

const makeWorld = (
  behaviours: readonly [Behaviour, ...Array<Behaviour>],
  more: ConfigFileContent | undefined = {}
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const server = yield* serve(...behaviours)
    const logged: Array<string> = []
    const logger = Logger.make(({ annotations, message }) => {
      logged.push(JSON.stringify([message, Object.fromEntries(HashMap.toEntries(annotations))]))
    })
    const media = { transcription: { baseUrl: `${server.baseUrl}/`, model: "whisper-1", ...more } }
    const transcription = yield* Layer.build(Layer.provide(layer, configLayer({ media }))).pipe(
      Effect.map(Context.get(Transcription))
    )
    const given = (name: string, content = "a voice") =>
      Effect.gen(function* () {
        const path = join(folder, name)
        yield* fs.writeFileString(path, content)
        return { path, name, mimeType: "audio/mp4", bytes: content.length }
      })
    /** What is said in a file; undefined where nobody knows. */
    const said = (file: Effect.Effect.Success<ReturnType<typeof given>>) =>
      Effect.map(transcription.of(file), Option.getOrUndefined).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
    return { ...server, fs, given, logged, said }
  })

withLayer(NodeContext.layer, { excludeTestServices: true })((it) => {
  describe("a voice note", () => {
    it.scoped("is asked for with its model, its language and the key, and its name stays here", () =>
      Effect.gen(function* () {
        const { asked, given, logged, said } = yield* makeWorld([says(" I am late. \n")], {
          language: "en",
          apiKey: SECRET
        })
        expect(yield* said(yield* given("Ann to Sam.M4A"))).toBe("I am late.")
        expect(asked).toMatchObject([
          {
            url: "/v1/audio/transcriptions",
            headers: { authorization: `Bearer ${SECRET}` },
            fields: { model: "whisper-1", language: "en", response_format: "json" },
            file: { name: "voice.m4a", type: "audio/mp4", content: "a voice" }
          }
        ])
        expect(logged).toEqual([])
      })
    )

    it.scoped("needs neither a key nor a language", () =>
      Effect.gen(function* () {
        const { asked, given, said } = yield* makeWorld([says("yes")])
        expect(yield* said(yield* given("a"))).toBe("yes")
        expect(asked[0]?.headers).not.toHaveProperty("authorization")
        expect(asked[0]?.fields).not.toHaveProperty("language")
      })
    )

    it.scoped("is written down once, also for those who ask at the same time, until it is another", () =>
      Effect.gen(function* () {
        const { asked, fs, given, said } = yield* makeWorld([says("one"), says("two")])
        const note = yield* given("a.m4a")
        expect(yield* Effect.all([said(note), said(note)], { concurrency: 2 })).toEqual(["one", "one"])
        expect(yield* said(note)).toBe("one")
        yield* fs.utimes(note.path, 1, 1)
        expect(yield* said(note)).toBe("two")
        expect(asked).toHaveLength(2)
      })
    )

    it.scoped("in which nothing is said has no words, and that is no failure", () =>
      Effect.gen(function* () {
        const { given, logged, said } = yield* makeWorld([says(" \n")])
        expect(yield* said(yield* given("a.m4a"))).toBeUndefined()
        expect(logged).toEqual([])
      })
    )

    it.scoped("of an hour is cut, with a mark", () =>
      Effect.gen(function* () {
        const { given, said } = yield* makeWorld([says("word ".repeat(20_000))])
        const text = yield* said(yield* given("a.m4a"))
        expect(text).toMatch(/… \(cut\)$/u)
        expect(text?.length).toBeLessThan(17_000)
      })
    )
  })

  describe("the file alone is given, with one warning and nobody's words in it,", () => {
    const answers =
      (status: number, body: string): Behaviour =>
      (response) => {
        response.writeHead(status, { location: "http://127.0.0.1:1/" }).end(body)
      }

    it.scoped.each<readonly [what: string, Behaviour, detail: string]>([
      [
        "where the key is refused",
        answers(401, `{"error":{"message":"Incorrect ${SECRET}"}}`),
        "answers 401"
      ],
      ["where the model is not there", answers(404, "not here"), "answers 404"],
      ["where it is led elsewhere", answers(302, ""), "answers 302"],
      ["where the server is busy", answers(429, ""), "answers 429"],
      ["where it answers garbage", answers(200, "<html>private words</html>"), 'is not {"text"'],
      ["where the answer has another form", answers(200, '{"words":["private"]}'), 'is not {"text"'],
      ["where the answer has no end", (response) => void response.write("x".repeat(2_000_000)), "more than"],
      ["where the server does not answer", () => undefined, "not answered within 700 ms"],
      ["where it stops halfway", (response) => void response.write('{"text": "private'), "within 700 ms"],
      ["where the connection breaks", (response) => void response.destroy(), "cannot be asked"]
    ])("%s", ([, behaviour, detail]) =>
      Effect.gen(function* () {
        const { given, logged, said } = yield* makeWorld([behaviour], { apiKey: SECRET, timeoutMs: 700 })
        expect(yield* said(yield* given("a.m4a"))).toBeUndefined()
        expect(logged).toHaveLength(1)
        expect(JSON.stringify(logged)).toContain("transcription_failed")
        expect(logged[0]?.replaceAll("\\", "")).toContain(detail)
        expect(logged[0]).not.toContain("private")
        expect(logged[0]).not.toContain(SECRET)
      })
    )

    it.scoped("where it is too large; nobody is asked then", () =>
      Effect.gen(function* () {
        const { asked, given, logged, said } = yield* makeWorld([says("x")], { maxMb: 0.001 })
        expect(yield* said(yield* given("a.m4a", "x".repeat(1049)))).toBeUndefined()
        expect(yield* said(yield* given("b.m4a", "x".repeat(1048)))).toBe("x")
        expect(asked).toHaveLength(1)
        expect(logged).toHaveLength(1)
      })
    )

    it.scoped("where nobody listens, and it is asked for again later", () =>
      Effect.gen(function* () {
        const { close, given, logged, said } = yield* makeWorld([says("x")])
        const note = yield* given("a.m4a")
        close()
        expect(yield* said(note)).toBeUndefined()
        expect(yield* said(note)).toBeUndefined()
        expect(logged).toHaveLength(2)
      })
    )
  })

  it.scoped("without media.transcription nobody is asked", () =>
    Effect.gen(function* () {
      const transcription = yield* Layer.build(Layer.provide(layer, configLayer())).pipe(
        Effect.map(Context.get(Transcription))
      )
      const none = { path: "/nowhere", name: "a.m4a", mimeType: "audio/mp4", bytes: 3 }
      expect(yield* transcription.of(none)).toEqual(Option.none())
    })
  )
})
