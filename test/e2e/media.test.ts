/** Files, in both directions. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { answering } from "../support/agents.ts"
import { conversation, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { serving } from "../support/http.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"
import { says, serve as serveTranscriptions } from "../support/transcriptions.ts"

/** The first bytes of a PNG file, which is how its type is known. */
const PNG = Uint8Array.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0,
  1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89
])

const attachmentOf = (filename: string, mimeType: string, totalBytes: number) => ({
  filename,
  transferName: filename.slice(filename.lastIndexOf("/") + 1),
  uti: "public.data",
  mimeType,
  totalBytes,
  isSticker: false
})

/** The parameters by which rows were asked for. */
const asked = (imsg: Simulator) =>
  Effect.map(imsg.chats.recorded(), (events) =>
    events.flatMap(({ event }) =>
      event._tag === "request" && event.method === "messages.after" ? [event.params] : []
    )
  )

/** Files in a folder of the simulator, and links that lead out of it. */
const makeFiles = (dir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const roots = join(dir, "files")
    yield* fs.makeDirectory(roots)
    const write = (name: string, bytes: Uint8Array) =>
      Effect.as(fs.writeFile(join(roots, name), bytes), join(roots, name))
    const photo = yield* write("photo of us.png", PNG)
    const big = yield* write("big.bin", new Uint8Array(20_000))
    const voice = yield* write("Audio Message.caf", Buffer.from("voice"))
    const secret = join(dir, "secret.txt")
    yield* fs.writeFileString(secret, "secret")
    const link = join(roots, "link.txt")
    yield* fs.symlink(secret, link)
    return { roots, photo, voice, big, secret, link, gone: join(roots, "gone.jpg") }
  }).pipe(Effect.provide(NodeContext.layer))

describe("files that people send", () => {
  it.scopedLive("are given where they may be, and otherwise mentioned by kind and reason", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const files = yield* makeFiles(imsg.dir)
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: {
          ...openAccount(imsg),
          includeAttachments: true,
          attachmentRoots: [files.roots],
          mediaMaxMb: 0.01,
          inbox: { ripenMs: 300 }
        },
        agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      expect((yield* asked(imsg))[0]).toMatchObject({ attachments: true, convert_attachments: true })
      const send = (text: string, ...attachments: ReadonlyArray<ReturnType<typeof attachmentOf>>) =>
        imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, attachments })
      yield* send("", attachmentOf(files.photo, "image/png", PNG.length))
      yield* send(
        "and these",
        attachmentOf(files.big, "video/mp4", 20_000),
        attachmentOf(files.link, "text/plain", 6),
        attachmentOf(files.gone, "image/jpeg", 1)
      )
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ text }) => text)).toEqual([
        `[attachment: image/png ${files.photo}]`,
        "and these\n[attachment withheld: video, too large]\n" +
          "[attachment withheld: file, outside the allowed folders]\n[attachment withheld: image, missing]"
      ])
    })
  )

  it.scopedLive("are said in words where they are voice notes that Messages has not written down", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const files = yield* makeFiles(imsg.dir)
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const server = yield* serveTranscriptions(says("I am late,\nstart without me."))
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), includeAttachments: true, attachmentRoots: [files.roots] },
        agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] },
        media: { transcription: { baseUrl: server.baseUrl, model: "whisper-1" } }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const send = (text: string) =>
        imsg.chats.receive({
          chatId: chat.id,
          sender: PERSON,
          text,
          attachments: [attachmentOf(files.voice, "audio/x-caf", 5)]
        })
      const file = `[attachment: audio/x-caf ${files.voice}]`
      yield* send("")
      yield* imsg.awaitSent(1)
      yield* send("what Messages has written down")
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ text }) => text)).toEqual([
        `${file}\n[voice note: I am late, start without me.]`,
        `what Messages has written down\n${file}`
      ])
      expect(server.asked).toHaveLength(1)
      expect((yield* gateway.lines).map((line) => JSON.stringify(line)).join("\n")).not.toContain("I am late")
    })
  )

  it.scopedLive(
    "are not asked for without includeAttachments, and a message of nothing else is left out",
    () =>
      Effect.gen(function* () {
        const { chat, gateway, imsg, say } = yield* conversation()
        yield* imsg.chats.receive({
          chatId: chat.id,
          sender: PERSON,
          text: "",
          attachments: [attachmentOf("/nowhere/photo.png", "image/png", 1)]
        })
        yield* say("hello")
        const sent = yield* imsg.awaitSent(1)
        expect(sent.map(({ text }) => text)).toEqual(["echo: hello"])
        expect((yield* asked(imsg)).filter((params) => "attachments" in Object(params))).toEqual([])
        expect((yield* gateway.lines).map(({ annotations }) => annotations.reason)).toContain("empty")
      })
  )
})

describe("files that an agent sends", () => {
  it.scopedLive("go out named by their content; what is refused is left out, and its text still goes", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const files = yield* makeFiles(imsg.dir)
      const fs = yield* FileSystem.FileSystem
      const disguised = `${files.roots}/notes.txt`
      yield* fs.copyFile(files.photo, disguised)
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), mediaMaxMb: 0.01 },
        agents: {
          list: [
            {
              id: "main",
              mediaRoots: [files.roots],
              runtime: answering({
                replies: [
                  { text: "look", media: [files.photo, files.secret, files.link, files.gone] },
                  { media: [files.big] },
                  { text: "and this", media: [disguised] }
                ]
              })
            }
          ]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "show me" })
      yield* imsg.awaitSent(4)
      const rows = yield* imsg.chats.history({
        chatId: chat.id,
        limit: 10,
        attachments: true,
        participants: []
      })
      const sent = rows.filter(({ isFromMe }) => isFromMe).reverse()
      expect(sent.map(({ attachments, text }) => attachments[0]?.transferName ?? text)).toEqual([
        "look",
        "photo of us.png",
        "and this",
        "notes.png"
      ])
      for (const { attachments } of sent) {
        for (const { filename } of attachments)
          expect(Uint8Array.from(yield* fs.readFile(filename))).toEqual(PNG)
      }
      const refused = (yield* gateway.lines).filter(
        ({ annotations }) => annotations.code === "media_rejected"
      )
      expect(refused.map(({ message }) => message)).toEqual([
        expect.stringContaining("outside the agent's mediaRoots"),
        expect.stringContaining("outside the agent's mediaRoots"),
        expect.stringContaining("does not exist"),
        expect.stringContaining("larger than mediaMaxMb")
      ])
      yield* eventually(
        "the copies are gone",
        fs.readDirectory(`${home.stateDir}/media`),
        (left) => left.length === 0
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("are fetched by address, from a private one only where its host is named", () =>
    Effect.gen(function* () {
      const address = yield* serving("cat.txt", PNG)
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const runtime = answering({ replies: [{ text: "look", media: [`${address}/cat.txt?token=abc`] }] })
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: {
          list: [
            { id: "main", runtime, mediaHosts: ["127.0.0.1"] },
            { id: "other", runtime }
          ]
        },
        bindings: [{ agentId: "other", match: { peer: { kind: "direct", id: "+15555550112" } } }]
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "a cat" })
      yield* imsg.awaitSent(2)
      const [row] = yield* imsg.chats.history({
        chatId: chat.id,
        limit: 1,
        attachments: true,
        participants: []
      })
      expect(row?.attachments).toMatchObject([{ transferName: "cat.png", totalBytes: PNG.length }])

      const other = yield* imsg.chats.addDirectChat({ handle: "+15555550112" })
      yield* imsg.chats.receive({ chatId: other.id, sender: "+15555550112", text: "a cat" })
      const sent = yield* imsg.awaitSent(3)
      expect(sent[2]).toMatchObject({ chatId: other.id, text: "look" })
      const [warning] = yield* gateway.awaitLog(
        "the refusal",
        ({ annotations }) => annotations.code === "media_rejected"
      )
      expect(warning?.message).toContain("its host is on a private network")
      expect(warning?.message).not.toContain("token")
    })
  )
})
