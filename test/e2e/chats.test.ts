/** `chats` and `history`: what people look up in Messages. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { makeHome, openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { eventually, makeSimulator, type SimulatorOptions } from "../support/simulator.ts"

const FRIEND = "+15555550112"
const at = (time: string): number => Date.parse(`2026-03-04T${time}:00Z`)

/** A simulator with an older direct chat and a newer group, and a config for it. */
const prepared = (options: SimulatorOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const imsg = yield* makeSimulator(options)
    const direct = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, FRIEND], name: "Hiking\u001b[2J" })
    yield* imsg.chats.receive({ chatId: direct.id, sender: PERSON, text: "hello", at: at("08:00") })
    yield* imsg.chats.send({ chatId: direct.id, text: "hello yourself", at: at("08:01") })
    const photo = `${imsg.dir}/photo of us.png`
    yield* fs.writeFileString(photo, "bytes")
    yield* imsg.chats.receive({
      chatId: direct.id,
      sender: PERSON,
      text: "\u001b[31mlook\nhere",
      at: at("08:02"),
      attachments: [
        {
          filename: photo,
          transferName: "photo of us.png",
          uti: "public.png",
          mimeType: "image/png",
          totalBytes: 5,
          isSticker: false
        }
      ]
    })
    yield* imsg.chats.receive({ chatId: group.id, sender: FRIEND, text: "who comes?", at: at("09:00") })
    const home = yield* makeHome({ imessage: openAccount(imsg) })
    return { imsg, direct, group, home }
  }).pipe(Effect.provide(NodeContext.layer))

const nothingLeft = (imsg: Effect.Effect.Success<ReturnType<typeof makeSimulator>>) =>
  eventually("no process of imsg", imsg.pids, (pids) => pids.length === 0)

describe("chats", () => {
  it.scopedLive.each(["0.15.0", "0.5.0"])(
    "shows ids, names, people, service and time, the newest first (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { direct, group, home, imsg } = yield* prepared({ build })
        const { code, stderr, stdout } = yield* run("chats", "--config", home.configFile)
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        const [heading, first, second] = stdout.split("\n")
        expect(heading).toMatch(/^ID\s+NAME\s+WITH\s+SERVICE\s+LAST MESSAGE$/u)
        expect(first).toMatch(
          new RegExp(
            `^${group.id}\\s+Hiking\\\\u001b\\[2J\\s+\\${PERSON}, \\${FRIEND}\\s+iMessage\\s+2026-03-0\\d \\d\\d:00$`,
            "u"
          )
        )
        expect(second).toMatch(new RegExp(`^${direct.id}\\s`, "u"))
        // What is said is shown by `history` alone.
        expect(stdout).not.toContain("who comes")
        yield* nothingLeft(imsg)
      })
  )

  it.scopedLive("prints JSON, of as many as are asked for", () =>
    Effect.gen(function* () {
      const { group, home } = yield* prepared()
      const { code, stdout } = yield* run("chats", "--json", "--limit", "1", "--config", home.configFile)
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual([
        {
          id: group.id,
          name: "Hiking\u001b[2J",
          participants: [PERSON, FRIEND],
          isGroup: true,
          service: "iMessage",
          identifier: group.identifier,
          guid: group.guid,
          lastMessageAt: at("09:00")
        }
      ])
    })
  )

  it.scopedLive("asks which account is meant, where there are several", () =>
    Effect.gen(function* () {
      const { imsg } = yield* prepared()
      const { cliPath, dbPath } = imsg
      const { configFile } = yield* makeHome({
        imessage: {
          ...QUICK,
          cliPath,
          accounts: { a: { dbPath }, b: { dbPath: `${imsg.dir}/b.db` }, off: { enabled: false } }
        }
      })
      expect(yield* run("chats", "--config", configFile)).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "there are several accounts: a, b\nName one with --account, or for all such commands as imessage.defaultAccount in the config.\n"
      })
      const named = yield* run("chats", "--account", "a", "--config", configFile)
      expect(named.code).toBe(0)
      expect(named.stdout).toContain(PERSON)
      const unknown = yield* run("chats", "--account", "c", "--config", configFile)
      expect(unknown.code).toBe(1)
      expect(unknown.stderr).toContain('there is no account "c"')
    })
  )

  it.scopedLive("says what is denied, and exits 1", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* prepared()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const { code, stderr, stdout } = yield* run("chats", "--json", "--config", home.configFile)
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
      expect(stderr).toContain("macOS denies Full Disk Access")
      expect(stderr).toContain("System Settings")
      yield* nothingLeft(imsg)
    })
  )

  it.scopedLive.each(["0", "-1", "1001", "many"])("exits 2 for --limit %s", (limit) =>
    Effect.map(run("chats", "--limit", limit), ({ code }) => {
      expect(code).toBe(2)
    })
  )
})

describe("history", () => {
  it.scopedLive.each(["0.15.0", "0.5.0"])(
    "shows who said what and when, the newest last (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { direct, home, imsg } = yield* prepared({ build })
        const { code, stderr, stdout } = yield* run(
          "history",
          "--chat",
          `${direct.id}`,
          "--config",
          home.configFile
        )
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(stdout.replace(/^\S+ \d\d/gmu, "")).toBe(
          [
            `:00  ${PERSON}: hello`,
            ":01  me: hello yourself",
            `:02  ${PERSON}: \\u001b[31mlook`,
            "    here",
            "    [file: photo of us.png]",
            ""
          ].join("\n")
        )
        yield* nothingLeft(imsg)
      })
  )

  it.scopedLive("prints JSON of the last ones, and takes an id as it stands in a target", () =>
    Effect.gen(function* () {
      const { direct, home } = yield* prepared()
      const { code, stdout } = yield* run(
        "history",
        "--chat",
        `chat_id:${direct.id}`,
        "--limit",
        "2",
        "--json",
        "--config",
        home.configFile
      )
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject([
        { at: at("08:01"), isFromMe: true, text: "hello yourself", files: [] },
        {
          at: at("08:02"),
          isFromMe: false,
          sender: PERSON,
          text: "\u001b[31mlook\nhere",
          files: ["photo of us.png"]
        }
      ])
    })
  )

  it.scopedLive("says where there is nothing", () =>
    Effect.gen(function* () {
      const { home } = yield* prepared()
      expect(yield* run("history", "--chat", "4711", "--config", home.configFile)).toEqual({
        code: 0,
        stdout: "There are no messages in a chat with the id 4711.\n",
        stderr: ""
      })
    })
  )

  it.scopedLive.each(["x", "0", "+15555550111", ""])("exits 2 for --chat %j", (chat) =>
    Effect.map(run("history", "--chat", chat), ({ code }) => {
      expect(code).toBe(2)
    })
  )
})
