import { describe, expect, it } from "@effect/vitest"
import { ChatCommand, parseCommand } from "../../src/schemas/ChatCommand.ts"

describe("a text that is a command", () => {
  const rows: ReadonlyArray<readonly [string, ChatCommand]> = [
    ["/stop", ChatCommand.Stop()],
    ["/STOP", ChatCommand.Stop()],
    ["/Stop", ChatCommand.Stop()],
    ["  /stop \n", ChatCommand.Stop()],
    ["\u00a0/stop\u00a0", ChatCommand.Stop()],
    ["\u2060/st\u200bop", ChatCommand.Stop()],
    ["/new", ChatCommand.New()],
    ["/Reset ", ChatCommand.New()],
    ["/status", ChatCommand.Status()],
    ["/help", ChatCommand.Help()],
    ["/pairing", ChatCommand.Pairing()],
    ["/pair K7WQ2M9X", ChatCommand.Pair({ code: "K7WQ2M9X" })],
    ["/Pair\u00a0k7wq2m9x ", ChatCommand.Pair({ code: "k7wq2m9x" })],
    ["/pair", ChatCommand.Pairing()],
    ["/reject K7WQ2M9X", ChatCommand.Reject({ code: "K7WQ2M9X" })],
    ["/pause 42", ChatCommand.Pause({ chat: "42" })],
    ["/pause +15555550101", ChatCommand.Pause({ chat: "+15555550101" })],
    ["/pause chat_id:42", ChatCommand.Pause({ chat: "chat_id:42" })],
    ["/pause", ChatCommand.Paused()],
    ["/resume 42", ChatCommand.Resume({ chat: "42" })],
    ["/resume", ChatCommand.Paused()],
    ["/allow K7WQ2M9X", ChatCommand.Allow({ code: "K7WQ2M9X" })],
    ["/Deny k7wq2m9x", ChatCommand.Deny({ code: "k7wq2m9x" })],
    ["/allow", ChatCommand.Permissions()],
    ["/deny", ChatCommand.Permissions()]
  ]
  it.each(rows)("%j", (text, command) => expect(parseCommand(text)).toEqual(command))
})

describe("a text that is none", () => {
  it.each([
    "",
    "/",
    "stop",
    "/stop it",
    "/stop /stop",
    "please /stop",
    "//stop",
    "/ stop",
    "/stopped",
    "/stop.",
    "/new idea",
    "/halt",
    "/pair of socks",
    "/allow me to explain",
    "/allowed",
    "/pause for a moment",
    "\u2044stop",
    "/\u0455top",
    "/constructor"
  ])("%j", (text) => expect(parseCommand(text)).toBeUndefined())
})
