/** What owners are asked. */
import { describe, expect, it } from "@effect/vitest"
import { type Question, questionOf } from "../../../src/layers/permissions/question.ts"
import { type ConfigFileContent, makeConfig } from "../../support/configs.ts"

const ALICE = "+15555550123"

const asked: Question = {
  agentId: "main",
  accountId: "default",
  kind: "execute",
  title: "npm test",
  senders: [ALICE],
  chat: "chat_id:7",
  isGroup: false,
  code: "K7Q2M9XA",
  withinMs: 600_000
}

const HOW = "Say /allow K7Q2M9XA or /deny K7Q2M9XA within 10 minutes."

describe("the question", () => {
  it.each<[string, Partial<Question>, ConfigFileContent, string]>([
    ["names who wrote", {}, {}, `main wants to run a command: “npm test”, for ${ALICE}.\n${HOW}`],
    [
      "calls people and agents by their names",
      {},
      { people: { alice: [ALICE] }, agents: { list: [{ id: "main", name: "Robin" }] } },
      `Robin wants to run a command: “npm test”, for alice (${ALICE}).\n${HOW}`
    ],
    [
      "names the group",
      { isGroup: true },
      {},
      `main wants to run a command: “npm test”, for ${ALICE} in the group chat_id:7.\n${HOW}`
    ],
    [
      "names the account where there are several",
      { accountId: "bot" },
      { imessage: { accounts: { home: {}, bot: { name: "Bot", dbPath: "/tmp/bot.db" } } } },
      `main wants to run a command: “npm test”, for ${ALICE} through bot (Bot).\n${HOW}`
    ],
    [
      "names three of many",
      { senders: ["a@example.com", "b@example.com", "a@example.com", "c@example.com", "d@example.com"] },
      {},
      `main wants to run a command: “npm test”, for a@example.com, b@example.com, c@example.com and 1 more.\n${HOW}`
    ],
    [
      "says the kind alone",
      { title: "", kind: "fetch" },
      {},
      `main wants to fetch something, for ${ALICE}.\n${HOW}`
    ],
    [
      "says that a title goes on",
      { title: "x".repeat(301) },
      {},
      `main wants to run a command: “${"x".repeat(300)}…”, which goes on, for ${ALICE}.\n${HOW}`
    ],
    [
      "says the time that there is",
      { withinMs: 90_000 },
      {},
      `main wants to run a command: “npm test”, for ${ALICE}.\nSay /allow K7Q2M9XA or /deny K7Q2M9XA within 1m 30s.`
    ],
    [
      "says how to answer where commands in chats are off",
      { withinMs: 60_000 },
      { messages: { commands: false } },
      `main wants to run a command: “npm test”, for ${ALICE}.\nCommands in chats are off: answer on the web page, or by imsg-gateway permissions allow K7Q2M9XA (or deny), within a minute.`
    ]
  ])("%s", (_what, partial, config, text) => {
    expect(questionOf(makeConfig(config), { ...asked, ...partial })).toBe(text)
  })
})
