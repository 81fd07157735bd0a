import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { MAIN } from "../../support/command.ts"
import { makeSimulator } from "../../support/simulator.ts"

const ALICE = "+15555550123"

const run = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const child = yield* Command.start(Command.make(program, ...args))
    const [stdout, stderr, exitCode] = yield* Effect.all(
      [
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        child.exitCode
      ],
      { concurrency: 3 }
    )
    return { stdout, stderr, exitCode }
  }).pipe(Effect.provide(NodeContext.layer))

const simulator = (...args: ReadonlyArray<string>) => run("node", MAIN, "simulator", ...args)

describe("imsg-gateway simulator", () => {
  it.scopedLive("lets people send files from where they lie, and refuses those that are not there", () =>
    Effect.gen(function* () {
      const { chats, dbPath } = yield* makeSimulator()
      yield* chats.addDirectChat({ handle: ALICE })
      const receive = (...files: ReadonlyArray<string>) =>
        simulator("receive", "--db", dbPath, "--chat", "1", "--from", ALICE, ...files)
      expect((yield* receive("--file", "package.json", "--file", "docs/mac.md")).exitCode).toBe(0)
      const [row] = yield* chats.history({ chatId: 1, limit: 1, attachments: true, participants: [] })
      expect(row?.attachments).toMatchObject([
        {
          filename: `${process.cwd()}/package.json`,
          transferName: "package.json",
          mimeType: "application/octet-stream"
        },
        { transferName: "mac.md" }
      ])
      const missing = yield* receive("--file", "/nowhere/photo.png")
      expect(missing).toMatchObject({ exitCode: 1, stdout: "" })
      expect(missing.stderr).toContain("there is no file /nowhere/photo.png")
    })
  )

  it.scopedLive("makes chats, lets people write, and shows what was sent", () =>
    Effect.gen(function* () {
      const { chats, dbPath } = yield* makeSimulator()
      const direct = yield* simulator("chat", "--db", dbPath, "--with", ALICE)
      expect(JSON.parse(direct.stdout)).toMatchObject({ id: 1, identifier: ALICE })
      const group = yield* simulator(
        "chat",
        "--db",
        dbPath,
        "--with",
        ALICE,
        "--with",
        "bob@example.com",
        "--name",
        "Club"
      )
      expect(JSON.parse(group.stdout)).toMatchObject({
        id: 2,
        name: "Club",
        guid: expect.stringContaining(";+;")
      })
      const heard = yield* simulator(
        "receive",
        "--db",
        dbPath,
        "--chat",
        "1",
        "--from",
        ALICE,
        "--text",
        "hi"
      )
      expect(JSON.parse(heard.stdout)).toMatchObject({ rowId: 1 })
      yield* chats.send({ chatId: 1, text: "hello" })
      const sent = yield* simulator("sent", "--db", dbPath)
      expect(JSON.parse(sent.stdout)).toMatchObject({ rowId: 2, text: "hello" })
      const refused = yield* simulator(
        "receive",
        "--db",
        dbPath,
        "--chat",
        "9",
        "--from",
        ALICE,
        "--text",
        "hi"
      )
      expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("has no chat 9")])
    })
  )

  it.scopedLive("rpc --help exits 0 where rpc exists", () =>
    Effect.gen(function* () {
      const { cliPath } = yield* makeSimulator()
      expect((yield* run(cliPath, "rpc", "--help")).exitCode).toBe(0)
    })
  )

  it.scopedLive("a build without rpc says unknown command and exits 64, also for --help", () =>
    Effect.gen(function* () {
      const { cliPath, dbPath } = yield* makeSimulator({ withoutRpc: true })
      for (const args of [["--help"], ["--db", dbPath]]) {
        const { exitCode, stderr } = yield* run(cliPath, "rpc", ...args)
        expect([exitCode, stderr]).toEqual([64, expect.stringContaining("unknown command")])
      }
    })
  )

  it.scopedLive("a version that is none is named", () =>
    Effect.gen(function* () {
      const { dbPath } = yield* makeSimulator()
      const { exitCode, stderr, stdout } = yield* simulator("rpc", "--build", "next", "--db", dbPath)
      expect([exitCode, stdout + stderr]).toEqual([
        2,
        expect.stringContaining('"next" is no version of imsg')
      ])
    })
  )
})
