/** How rows are noticed, and what they wait for, over an imsg that holds, waits and skips as the real one does. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Attachment } from "../../src/programs/simulator/ChatModel.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { makeSimulator, type Simulator, type SimulatorOptions } from "../support/simulator.ts"

const BOB = "+15555550112"
const LINK = "com.apple.messages.URLBalloonProvider"
const PLACEHOLDER = "\ufffc"

/** An imsg as it is, which waits as long as it is asked to. */
const AS_IT_IS = { debounceMs: null } satisfies SimulatorOptions

/** How long the watch holds a row, in ms, where it is not to bring any. */
const HELD_MS = 120_000

/** An agent that repeats its whole prompt, so that what it is shown can be seen. */
const REPEATING = { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] }

/** A gateway that is subscribed, over an imsg with two people. */
const talking = (options: SimulatorOptions = {}, imessage: object = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ ...AS_IT_IS, ...options })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const other = yield* imsg.chats.addDirectChat({ handle: BOB })
    const home = yield* makeHome({
      imessage: { ...openAccount(imsg), includeAttachments: true, attachmentRoots: [imsg.dir], ...imessage },
      session: { dmScope: "per-peer" },
      agents: REPEATING
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    const receive = (text: string, more: object = {}) =>
      imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, ...more })
    const receiveOther = (text: string, more: object = {}) =>
      imsg.chats.receive({ chatId: other.id, sender: BOB, text, ...more })
    return { imsg, home, gateway, chat, other, receive, receiveOther }
  })

const texts = (imsg: Simulator) => Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))

/** How long it takes, in ms, until a text was sent. */
const until = (imsg: Simulator, text: string) =>
  Effect.gen(function* () {
    const begun = Date.now()
    yield* imsg.awaitSent((sent) => sent.some((row) => row.text === text))
    return Date.now() - begun
  })

const photoIn = (dir: string, name: string): Attachment => ({
  filename: `${dir}/${name}`,
  transferName: name,
  uti: "public.png",
  mimeType: "image/png",
  totalBytes: 8,
  isSticker: false
})

/** The file of a photo is there now. */
const arrive = ({ filename }: Attachment) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.writeFile(filename, Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  ).pipe(Effect.provide(NodeContext.layer))

const shown = ({ filename }: Attachment) => `[attachment: image/png ${filename}]`

describe("a message", () => {
  it.scopedLive("is answered long before the watch announces it", () =>
    Effect.gen(function* () {
      // By the watch it would not come while anybody here waits.
      const { imsg, receive } = yield* talking({ holdMs: HELD_MS })
      for (const text of ["one", "two", "three"]) {
        yield* receive(text)
        expect(yield* until(imsg, text)).toBeLessThan(HELD_MS)
      }
    })
  )

  it.scopedLive("is answered though the watch leaves it out, stalls, or is over", () =>
    Effect.gen(function* () {
      const { gateway, imsg, receive } = yield* talking()
      for (const fault of [{ _tag: "skipped" }, { _tag: "stall" }, { _tag: "overflow" }] as const) {
        yield* imsg.chats.fault(fault)
        yield* receive(fault._tag)
        yield* until(imsg, fault._tag)
      }
      expect((yield* gateway.lines).filter(({ message }) => message === "running")).toHaveLength(1)
    })
  )

  it.scopedLive("is seen within pollMs where the files of the database are on another machine", () =>
    Effect.gen(function* () {
      const { imsg, receive } = yield* talking(
        {},
        { remoteHost: "nobody@127.0.0.1", includeAttachments: false }
      )
      for (const text of ["one", "two", "three"]) {
        yield* receive(text)
        expect(yield* until(imsg, text)).toBeLessThan(2400)
      }
    })
  )

  for (const build of ["0.9.0", "0.12.0"]) {
    it.scopedLive(`is answered where only the watch tells of it (imsg ${build})`, () =>
      Effect.gen(function* () {
        const { imsg, receive, receiveOther } = yield* talking({ build })
        yield* receive("hello")
        expect(yield* until(imsg, "hello")).toBeLessThan(2000)
        const { rowId } = yield* receive("late", { without: ["chat"] })
        yield* receiveOther("meanwhile")
        yield* Effect.sleep("700 millis")
        yield* imsg.chats.complete(rowId)
        yield* until(imsg, "late")
        yield* until(imsg, "meanwhile")
        expect((yield* texts(imsg)).toSorted()).toEqual(["hello", "late", "meanwhile"])
      })
    )
  }
})

describe("a message that is not whole yet", () => {
  it.scopedLive(
    "is given to its agent with the file that comes a second later, and nobody waits for it but its chat",
    () =>
      Effect.gen(function* () {
        const { imsg, receive, receiveOther } = yield* talking()
        const photo = photoIn(imsg.dir, "one.png")
        yield* receive(PLACEHOLDER, { attachments: [photo] })
        yield* receive("do you like it?")
        yield* receiveOther("hi")
        yield* until(imsg, "hi")
        expect(yield* texts(imsg)).toEqual(["hi"])
        yield* Effect.sleep("1 second")
        yield* arrive(photo)
        yield* imsg.awaitSent(3)
        expect(yield* texts(imsg)).toEqual(["hi", shown(photo), "do you like it?"])
      })
  )

  it.scopedLive("is looked at again where its files are named, or its chat, a little later", () =>
    Effect.gen(function* () {
      const { imsg, receive, receiveOther } = yield* talking()
      const photo = photoIn(imsg.dir, "one.png")
      yield* arrive(photo)
      const late = yield* receive(PLACEHOLDER, { attachments: [photo], without: ["attachments"] })
      const nowhere = yield* receiveOther("where?", { without: ["chat"] })
      yield* receiveOther("here")
      yield* Effect.sleep("700 millis")
      expect(yield* texts(imsg)).toEqual([])
      yield* imsg.chats.complete(late.rowId)
      yield* until(imsg, shown(photo))
      // Longer than the watch waits for a chat before it leaves the message out for good.
      yield* Effect.sleep("1500 millis")
      yield* imsg.chats.complete(nowhere.rowId)
      yield* imsg.awaitSent(3)
      expect(yield* texts(imsg)).toEqual([shown(photo), "where?", "here"])
    })
  )

  it.scopedLive("is taken as it is once it has waited long enough", () =>
    Effect.gen(function* () {
      const { gateway, imsg, receive, receiveOther } = yield* talking({}, { inbox: { ripenMs: 800 } })
      yield* receive("see", { attachments: [photoIn(imsg.dir, "never.png")] })
      yield* receive("next")
      yield* receiveOther("lost", { without: ["chat"] })
      yield* imsg.awaitSent(2)
      expect(yield* texts(imsg)).toEqual(["see\n[attachment withheld: image, missing]", "next"])
      yield* gateway.awaitLog("no chat", ({ message }) =>
        String(message).includes("whose chat cannot be found")
      )
    })
  )

  it.scopedLive("is not forgotten by a gateway that is killed while it waits", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, receive, receiveOther } = yield* talking()
      const photo = photoIn(imsg.dir, "one.png")
      yield* receive(PLACEHOLDER, { attachments: [photo] })
      yield* receive("behind it")
      const nowhere = yield* receiveOther("where?", { without: ["chat"] })
      yield* Effect.sleep("500 millis")
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      yield* Effect.sleep("300 millis")
      expect(yield* texts(imsg)).toEqual([])
      yield* arrive(photo)
      yield* imsg.chats.complete(nowhere.rowId)
      yield* imsg.awaitSent(3)
      const answered = yield* texts(imsg)
      expect(answered.toSorted()).toEqual([shown(photo), "behind it", "where?"].toSorted())
      expect(answered.indexOf("behind it")).toBeGreaterThan(answered.indexOf(shown(photo)))
    })
  )
})

describe("a message whose time is over while no gateway runs", () => {
  it.scopedLive("is judged by what is there by then, and before what came after it", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, receive } = yield* talking({}, { inbox: { ripenMs: 800 } })
      const nowhere = yield* receive("where?", { without: ["chat"] })
      yield* Effect.sleep("400 millis")
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* receive("here")
      yield* Effect.sleep("600 millis")
      yield* imsg.chats.complete(nowhere.rowId)
      yield* startGateway(home)
      yield* imsg.awaitSent(2)
      expect(yield* texts(imsg)).toEqual(["where?", "here"])
    })
  )
})

describe("the preview of a link", () => {
  it.scopedLive("is no message, whenever it comes; a bare link is one", () =>
    Effect.gen(function* () {
      const { imsg, receive } = yield* talking()
      const preview = (text: string) =>
        receive(text, {
          balloonBundleId: LINK,
          attachments: [{ ...photoIn(imsg.dir, "A1.pluginPayloadAttachment"), uti: "dyn.x" }]
        })
      yield* receive("look: https://example.com/a")
      yield* preview("https://example.com/a")
      yield* until(imsg, "look: https://example.com/a")
      yield* receive("and https://example.com/b")
      yield* until(imsg, "and https://example.com/b")
      yield* preview("https://example.com/b")
      yield* preview("https://example.com/c")
      yield* until(imsg, "https://example.com/c")
      expect(yield* texts(imsg)).toEqual([
        "look: https://example.com/a",
        "and https://example.com/b",
        "https://example.com/c"
      ])
    })
  )
})

describe("what the gateway sent itself", () => {
  it.scopedLive("is no message where Messages says late whose it is; from somebody else it is one", () =>
    Effect.gen(function* () {
      const { chat, imsg, receive } = yield* talking()
      yield* receive("hello")
      yield* until(imsg, "hello")
      const own = yield* imsg.chats.send({ chatId: chat.id, text: "hello", without: ["fromMe"] })
      yield* Effect.sleep("700 millis")
      yield* imsg.chats.complete(own.rowId)
      yield* receive("and you")
      yield* until(imsg, "and you")
      expect(yield* texts(imsg)).toEqual(["hello", "hello", "and you"])
      yield* receive("and you")
      yield* imsg.awaitSent(4)
    })
  )
})
