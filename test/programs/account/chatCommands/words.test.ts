import { describe, expect, it } from "@effect/vitest"
import * as words from "../../../../src/programs/account/chatCommands/words.ts"
import { parseCommand } from "../../../../src/schemas/ChatCommand.ts"
import type { PermissionRecord } from "../../../../src/schemas/Permission.ts"
import { decisionMeans } from "../../../../src/schemas/permissionWords.ts"
import { makeConfig } from "../../../support/configs.ts"
import { ALICE } from "../../../support/envelopes.ts"

const [echo] = makeConfig({ agents: { list: [{ id: "main", name: "Robin" }] } }).agents.list
const [model] = makeConfig({
  agents: {
    list: [{ id: "main", runtime: { type: "openai", baseUrl: "http://127.0.0.1:11434/v1", model: "llama" } }]
  }
}).agents.list

const status = { agent: echo, accountId: "default", state: "running", waiting: 0, isPaused: false } as const
const totals = {
  accounts: [{ id: "default", state: "running" }],
  ...{ messages: 0, replies: 0, requests: 0, leave: 0, paused: 0, letters: 0 }
} as const
const request = {
  ...{ accountId: "default", sender: ALICE, code: "K7WQ2M9X" },
  ...{ createdAt: 0, expiresAt: 3_600_000, lastSeenAt: 0 }
}
const OWNER = "+15555550119"
const leave: PermissionRecord = {
  ...{
    number: 1,
    code: "K7WQ2M9X",
    agentId: "main",
    accountId: "default",
    turnId: "turn-1",
    chat: "chat_id:7"
  },
  ...{ kind: "execute", title: "npm test", askedAt: 0, expiresAt: 600_000, decided: null }
}
const pause = { accountId: "default", chat: "chat_id:7", times: 1, since: 0, until: 60_000 }

const rows: ReadonlyArray<readonly [string, string, string]> = [
  ["a stop of nothing", words.stopped(0), "Nothing was running."],
  ["a stop of one", words.stopped(1), "Stopped."],
  ["a stop of several", words.stopped(3), "Stopped: 3 messages are not answered."],
  ["a beginning where something is remembered", words.begunAnew(model, 0), "This is a new conversation."],
  [
    "a beginning that stopped something",
    words.begunAnew(model, 2),
    "This is a new conversation. Stopped: 2 messages are not answered."
  ],
  [
    "a beginning where the agent remembers for itself",
    words.begunAnew(echo, 0),
    "Nothing of a conversation is kept here: what Robin remembers, if anything, it keeps itself."
  ],
  [
    "a status",
    words.chatStatus(status),
    "Robin answers here.\nThe account default is running.\nNothing waits for an answer here."
  ],
  [
    "a status with all that there can be",
    words.chatStatus({ ...status, agent: model, waiting: 2, isPaused: true }),
    "main answers here, with the model llama.\nThe account default is running.\n2 messages here wait or are being answered.\nThis chat is paused: what is written here waits."
  ],
  [
    "the totals of a quiet gateway",
    words.totals(totals),
    "In all: default is running.\n0 messages wait, 0 replies are on the way."
  ],
  [
    "the totals of a busy one",
    words.totals({ ...totals, messages: 1, replies: 1, requests: 2, leave: 1, paused: 1, letters: 3 }),
    "In all: default is running.\n1 message waits, 1 reply is on the way.\n2 people wait to be let in: /pairing\n1 agent waits for leave: /allow\n1 chat is paused: /pause\n3 replies and turns failed or may have: imsg-gateway deadletters list"
  ],
  [
    "the help of who is no owner",
    words.help(["Stop", "Help"]),
    "Here you can write:\n/stop ends what is being answered here, and drops what waits for it.\n/help says this."
  ],
  ["leave that nobody asks for", words.leaveWaiting([], 0), "No agent waits for leave."],
  [
    "leave that is asked for",
    words.leaveWaiting([leave, { ...leave, title: "", kind: "edit" }], 60_000),
    "K7WQ2M9X: main wants to run a command: npm test (for chat_id:7), within 9m\nK7WQ2M9X: main wants to change files (for chat_id:7), within 9m\n/allow CODE lets it, /deny CODE refuses."
  ],
  [
    "leave that was given",
    decisionMeans({ ...leave, decided: { allowed: true, reason: "owner", by: OWNER, at: 1 } }),
    "main may run a command, this once."
  ],
  [
    "leave that was refused",
    decisionMeans({ ...leave, decided: { allowed: false, reason: "owner", by: OWNER, at: 1 } }),
    "main may not run a command."
  ],
  ["requests of nobody", words.requests([], 0), "Nobody waits to be let in."],
  [
    "requests",
    words.requests([request], 120_000),
    `K7WQ2M9X: ${ALICE}, to default, 2m ago\n/pair CODE lets them in, /reject CODE refuses them.`
  ],
  ["no pauses", words.pausedChats([], 0), "No chat is paused. /pause CHAT pauses one."],
  [
    "pauses",
    words.pausedChats([pause, { ...pause, chat: "chat_id:8", until: undefined }], 0),
    "chat_id:7 of default: paused for 1m\nchat_id:8 of default: paused until you resume it\n/resume CHAT lets one go on."
  ],
  [
    "a request that an owner hears of",
    words.asks(request),
    `${ALICE} asks to be let in to default. /pair K7WQ2M9X lets them in, /reject K7WQ2M9X refuses.`
  ]
]

describe("what is said of", () => {
  it.each(rows)("%s", (_, said, expected) => expect(said).toBe(expected))
})

describe("many requests", () => {
  it("are not all said", () => {
    const lines = words
      .requests(
        Array.from({ length: 25 }, () => request),
        0
      )
      .split("\n")
    expect(lines).toHaveLength(22)
    expect(lines[20]).toBe("… and 5 more.")
  })
})

describe("no answer is a command, so that two gateways do not talk for ever", () => {
  const others = [
    words.noRequest("X"),
    words.paused(["chat_id:7"]),
    words.resumed(["chat_id:7"]),
    words.noChat("7"),
    words.notPaused("7"),
    words.CANNOT_TELL,
    words.MORE_ASK
  ]
  it.each([...rows.map(([, said]) => said), ...others])("%j", (said) =>
    expect(parseCommand(said)).toBeUndefined()
  )
})
