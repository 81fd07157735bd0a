/** Files that are sent over TCP: who has the token has not the machine. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask } from "../support/control.ts"
import { PERSON } from "../support/gateway.ts"
import { askPort, TOKEN, webGateway } from "../support/webPage.ts"

const bearer = { authorization: `Bearer ${TOKEN}` }

it.scopedLive("what was uploaded is sent, and what agents may send, and no other file of the machine", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-files-" })
    const root = `${dir}/open`
    const secret = `${dir}/id_ed25519`
    yield* fs.makeDirectory(root)
    yield* fs.writeFileString(secret, "a key")
    yield* fs.writeFileString(`${root}/menu.txt`, "soup")
    yield* fs.symlink(secret, `${root}/link.txt`)
    const { awaitPage, chat, home, imsg, port } = yield* webGateway(
      {},
      { mediaMaxMb: 1 },
      { config: { agents: { list: [{ id: "main", runtime: { type: "echo" }, mediaRoots: [root] }] } } }
    )
    yield* awaitPage()
    const answerOf = ({ body, status }: { readonly body: string; readonly status: number }) => ({
      status,
      ...JSON.parse(body)
    })
    const send = (...files: ReadonlyArray<string>) =>
      Effect.map(
        askPort(port, {
          method: "POST",
          path: "/send",
          headers: { ...bearer, "content-type": "application/json" },
          body: JSON.stringify({ to: PERSON, files })
        }),
        answerOf
      )
    const upload = (name: string, body: string) =>
      Effect.map(
        askPort(port, { method: "POST", path: `/uploads?name=${name}`, headers: bearer, body }),
        answerOf
      )
    const incoming = Effect.map(fs.readDirectory(`${home.stateDir}/media`), (names) =>
      names.filter((name) => name.startsWith("incoming-"))
    )

    for (const path of [
      secret,
      `file://${secret}`,
      `${root}/link.txt`,
      `${root}/../id_ed25519`,
      home.configFile
    ]) {
      expect([path, yield* send(path)]).toEqual([
        path,
        expect.objectContaining({
          status: 409,
          code: "path_not_open",
          hint: expect.stringContaining("POST /uploads")
        })
      ])
    }
    expect(yield* send(`${root}/menu.txt`)).toMatchObject({ status: 200, state: "sent" })
    // The same file by the same user on the machine itself.
    const onSocket = yield* ask(home, "/send", "POST", { to: PERSON, files: [secret] })
    expect(answerOf(onSocket)).toMatchObject({ status: 200, state: "sent" })

    // Whatever it is an address of: nothing is asked.
    for (const address of [
      "https://example.com/menu.txt?key=hush",
      " http://127.0.0.1:1/",
      "HTTP://a:b@example.com/"
    ]) {
      const overTcp = yield* send(address)
      const overSocket = yield* ask(home, "/send", "POST", { to: PERSON, files: [address] })
      for (const answer of [overTcp, answerOf(overSocket)]) {
        expect(answer).toMatchObject({
          status: 409,
          code: "address_not_sent",
          hint: expect.stringContaining("POST /uploads")
        })
        expect(JSON.stringify(answer)).not.toMatch(/hush|a:b/u)
      }
    }

    const { file } = yield* upload("notes.txt", "remember")
    expect(yield* incoming).toHaveLength(1)
    expect(yield* send(file)).toMatchObject({ status: 200, state: "sent" })
    expect(yield* incoming).toEqual([])
    expect(yield* send(file)).toMatchObject({ status: 404, code: "upload_not_found" })
    expect(yield* upload("large.txt", "x".repeat(1_100_000))).toMatchObject({
      status: 409,
      code: "media_rejected",
      message: expect.stringContaining("larger than mediaMaxMb")
    })
    expect(yield* incoming).toEqual([])
    const rows = yield* imsg.chats.history({
      chatId: chat.id,
      limit: 10,
      attachments: true,
      participants: []
    })
    expect(rows.map(({ attachments }) => attachments[0]?.transferName).reverse()).toEqual([
      "menu.txt",
      "id_ed25519",
      "notes.txt"
    ])
    for (let more = 0; more < 20; more++) expect((yield* upload("n.txt", "n")).status).toBe(200)
    expect(yield* upload("n.txt", "n")).toMatchObject({ status: 409, code: "too_many_uploads" })
  }).pipe(Effect.provide(NodeContext.layer))
)
