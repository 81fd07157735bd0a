/** What people do in Messages, and what their Mac has, from the command line. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { MAIN, runWith } from "../../support/command.ts"
import { makeSimulator } from "../../support/simulator.ts"

const ALICE = "+15555550123"

const setUp = Effect.gen(function* () {
  const { chats, dbPath } = yield* makeSimulator()
  const chat = yield* chats.addDirectChat({ handle: ALICE })
  const heard = yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "Shall we?" })
  const simulator = (command: string, ...args: ReadonlyArray<string>) =>
    runWith({}, process.execPath, MAIN, "simulator", command, "--db", dbPath, ...args)
  /** What a command printed as JSON. */
  const printed = (command: string, ...args: ReadonlyArray<string>) =>
    Effect.map(simulator(command, ...args), ({ code, stderr, stdout }) => {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      return stdout === "" ? undefined : JSON.parse(stdout)
    })
  const row = (guid: string) => Effect.map(chats.message(guid), Option.getOrThrow)
  return { chats, heard, printed, row, simulator }
})

describe("people", () => {
  it.scopedLive("put tapbacks on messages and take them back, the owner too", () =>
    Effect.gen(function* () {
      const { heard, printed, row } = yield* setUp
      const on = ["--message", heard.guid] as const
      expect(yield* printed("react", ...on, "--reaction", "love")).toMatchObject({ rowId: 2 })
      yield* printed("react", ...on, "--reaction", "🎉", "--from", ALICE)
      yield* printed("react", ...on, "--reaction", "love", "--remove")
      expect((yield* row(heard.guid)).reactions).toMatchObject([{ type: 2006, emoji: "🎉", sender: ALICE }])
    })
  )

  it.scopedLive("make polls and vote in them", () =>
    Effect.gen(function* () {
      const { printed, row, simulator } = yield* setUp
      const asked = ["--question", "Where?", "--option", "Here", "--option", "There"] as const
      const poll = yield* printed("poll", "--chat", "1", "--from", ALICE, ...asked)
      expect(poll).toMatchObject({ rowId: 2, options: [{ text: "Here" }, { text: "There" }] })
      const vote = yield* printed("vote", "--poll", poll.guid, "--option", "There")
      expect((yield* row(vote.guid)).extras?.poll).toMatchObject({
        _tag: "vote",
        poll: poll.guid,
        optionId: poll.options[1].id,
        isRemoved: false
      })
      const none = yield* simulator("vote", "--poll", poll.guid, "--option", "Nowhere")
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("has no option Nowhere")])
      expect(none.stderr).toContain('"Here", "There"')
    })
  )

  it.scopedLive("edit what they said and take it back; what is not there is named", () =>
    Effect.gen(function* () {
      const { heard, printed, row, simulator } = yield* setUp
      yield* printed("edit", "--message", heard.guid, "--text", "Shall we not?")
      expect((yield* row(heard.guid)).text).toBe("Shall we not?")
      yield* printed("unsend", "--message", heard.guid)
      expect((yield* row(heard.guid)).text).toBe("")
      for (const [command, ...args] of [
        ["edit", "--text", "x"],
        ["unsend"],
        ["react", "--reaction", "love"]
      ] as const) {
        const { code, stderr } = yield* simulator(command, "--message", "none", ...args)
        expect([code, stderr]).toEqual([1, expect.stringContaining("there is no message none")])
      }
    })
  )
})

describe("a Mac", () => {
  it.scopedLive("has the bridge that is set; what is not named stays as it was", () =>
    Effect.gen(function* () {
      const { printed, simulator } = yield* setUp
      expect(yield* printed("bridge")).toEqual({ state: "off", without: [], macos: 26 })
      yield* printed("bridge", "--state", "on", "--without", "retractMessagePart", "--macos", "14")
      expect(yield* printed("bridge", "--state", "stale")).toEqual({
        state: "stale",
        without: ["retractMessagePart"],
        macos: 14
      })
      yield* printed("bridge", "--state", "on")
      const { stdout } = yield* simulator("status", "--build", "0.9.0")
      expect(stdout).toContain("imsg 0.9.0, macOS 14\nprivate bridge: running\nwithout: retractMessagePart\n")
      expect(stdout).toContain("not usable: message.unsend")
      expect(yield* printed("status", "--json")).toMatchObject({
        version: "0.15.0",
        advanced_features: true,
        selectors: { retractMessagePart: false }
      })
      expect(yield* printed("bridge", "--complete")).toMatchObject({ state: "on", without: [] })
    })
  )

  it.scopedLive("is one of which nothing was set, where none is named", () =>
    Effect.gen(function* () {
      const status = (...args: ReadonlyArray<string>) =>
        Effect.map(
          runWith({}, process.execPath, MAIN, "simulator", "status", "--json", ...args),
          ({ stdout }) => JSON.parse(stdout)
        )
      expect(yield* status()).toMatchObject({ advanced_features: false })
      expect(yield* status("--bridge")).toMatchObject({ advanced_features: true, v2_ready: true })
    })
  )
})
