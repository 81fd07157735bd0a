/** A photo of a phone on its way to a model, through real processes. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, PERSON, startGatewayWith } from "../support/gateway.ts"
import { modelServer, saying } from "../support/modelServer.ts"
import { heic, jpeg } from "../support/pictures.ts"
import { makeSimulator } from "../support/simulator.ts"

const JPEG = jpeg(1568, 1176)

/** A gateway with such converters in its path and no others, whose agent is a model that is given pictures. */
const withConverters = (sips: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname, join } = yield* Path.Path
    const server = yield* modelServer(saying("I see."))
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const bin = join(imsg.dir, "bin")
    const roots = join(imsg.dir, "files")
    const photo = join(roots, "IMG_1.HEIC")
    const photograph = heic(4032, 3024)
    yield* fs.makeDirectory(bin)
    yield* fs.makeDirectory(roots)
    yield* fs.writeFile(photo, photograph)
    yield* fs.writeFile(join(imsg.dir, "made.jpg"), JPEG)
    yield* fs.writeFileString(join(bin, "sips"), `#!/bin/sh\nmade='${imsg.dir}/made.jpg'\n${sips}\n`, {
      mode: 0o755
    })
    for (const name of ["magick", "convert", "ffmpeg"]) {
      yield* fs.writeFileString(join(bin, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 })
    }
    const home = yield* makeHome({
      imessage: { ...openAccount(imsg), includeAttachments: true, attachmentRoots: [roots] },
      agents: {
        list: [
          {
            id: "main",
            runtime: { type: "openai", baseUrl: `${server.url}/v1`, model: "small", images: true }
          }
        ]
      }
    })
    const PATH = [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":")
    const gateway = yield* startGatewayWith({ PATH }, home)
    yield* gateway.awaitRunning()
    yield* imsg.chats.receive({
      chatId: chat.id,
      sender: PERSON,
      text: "What is this?",
      attachments: [
        {
          filename: photo,
          transferName: "IMG_1.HEIC",
          uti: "public.heic",
          mimeType: "image/heic",
          totalBytes: photograph.length,
          isSticker: false
        }
      ]
    })
    yield* imsg.awaitSent(1)
    const [asked] = yield* server.asked
    return JSON.stringify(asked?.body)
  }).pipe(Effect.provide(NodeContext.layer))

describe("a photo in HEIC", () => {
  it.scopedLive("is seen by a model as JPEG", () =>
    Effect.gen(function* () {
      const asked = yield* withConverters('cp "$made" result.jpg')
      expect(asked).toContain(`data:image/jpeg;base64,${Buffer.from(JPEG).toString("base64")}`)
      expect(asked).toContain("What is this?")
    })
  )

  it.scopedLive("that nothing here can convert is named as withheld, and the words are answered", () =>
    Effect.gen(function* () {
      const asked = yield* withConverters("exit 1")
      expect(asked).toContain("[attachment withheld: image, cannot be converted]")
      expect(asked).not.toContain("data:image")
    })
  )
})
