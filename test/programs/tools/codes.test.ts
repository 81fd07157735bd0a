/** Codes by which owners decide are in no tool, whoever calls it, wherever they stand in chats. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import { VEIL } from "../../../src/schemas/codeVeil.ts"
import { type Grant, isGranted } from "../../../src/schemas/Grant.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Permissions } from "../../../src/services/Permissions.ts"
import { ALICE } from "../../support/envelopes.ts"
import { codeOf } from "../../support/pairing.ts"
import {
  BOB_LET_IN,
  CHATS,
  callAs,
  type Row,
  row,
  STRANGER,
  toolConfig,
  toolServices
} from "../../support/toolWorld.ts"
import { makeTurn } from "../../support/turns.ts"

const token = (...scopes: Grant["scopes"]): Grant => ({ scopes, by: { _tag: "Token", number: 1 } })
const GRANTS: ReadonlyArray<readonly [string, Grant]> = [
  ["chat", token("chat")],
  ["read", token("read")],
  ["send", token("send")],
  ["all three", token("chat", "read", "send")],
  ["admin", { scopes: ["admin"] }],
  [
    "an agent in the owner's chat",
    {
      scopes: ["chat"],
      only: { accountId: "default", chatId: CHATS.ofAlice },
      by: { _tag: "Agent", agentId: "main" }
    }
  ]
]

const config = {
  ...toolConfig,
  owners: [ALICE],
  agents: {
    list: [
      {
        id: "main",
        runtime: { type: "acp", command: ["true"], permissions: { default: "ask" } },
        maxParts: 3
      }
    ]
  }
} as const

/** What is called, by every tool that takes it; answers and refusals alike, as they are told. */
const calls = (codes: ReadonlyArray<string>): ReadonlyArray<readonly [string, object]> => [
  ["list_chats", {}],
  ...Object.values(CHATS).map((chatId) => ["read_messages", { chat_id: chatId }] as const),
  ["wait_for_messages", { after: 0, wait_ms: 0 }],
  ["wait_for_messages", { after: 49, chat_id: CHATS.ofAlice, wait_ms: 0 }],
  ["list_pairings", {}],
  ...["allow", "my code", "approve", ...codes].map((query) => ["search_messages", { query }] as const),
  ...codes.map((code) => ["get_delivery", { delivery_id: `pairing:default:${code}` }] as const)
]

const answerTo = (grant: Grant, tool: string, input: object) =>
  Effect.map(Effect.either(callAs(grant, tool, input)), (answer) => JSON.stringify(answer))

/** A request for leave and one to be let in, both of which wait, and what was said of them in chats. */
const inWorld = <A, E, R>(
  use: (codes: { readonly leave: string; readonly pairing: string }) => Effect.Effect<A, E, R>
) => {
  const later: Array<Row> = []
  return Effect.gen(function* () {
    yield* TestClock.setTime(BOB_LET_IN)
    const { isAllowed, waiting } = yield* Permissions
    yield* Effect.fork(isAllowed({ turn: makeTurn(), kind: "execute", title: "npm test" }))
    yield* TestClock.adjust(0)
    const [request] = yield* waiting
    const leave = request?.code ?? ""
    const pairing = yield* codeOf(STRANGER)
    later.push(
      row(49, CHATS.ofAlice, ALICE, `did you say /allow ${leave.slice(0, 3)}?`),
      row(50, CHATS.ofAlice, undefined, `main wants to run. Say /allow ${leave} or /deny ${leave}.`),
      row(51, CHATS.ofAlice, ALICE, `/ALLOW ${leave.toLowerCase()}`),
      row(52, CHATS.ofStranger, undefined, `imsg-gateway pairing approve imessage ${pairing}`),
      row(53, CHATS.ofStranger, STRANGER, `my code is ${pairing}`),
      // A poll and a vote have no text of their own, but what is told of them.
      {
        ...row(54, CHATS.ofAlice, ALICE, ""),
        poll: { kind: "created", question: "Which one?", options: [{ id: "a", text: `/allow ${leave}` }] }
      },
      {
        ...row(55, CHATS.ofAlice, ALICE, `voted /allow ${leave}`),
        poll: { kind: "vote", poll_guid: "g54", vote: { option_id: "a", option_text: `/allow ${leave}` } }
      }
    )
    yield* (yield* Accounts).update("default", () => ({ state: "running", cursor: 100 }))
    return yield* use({ leave, pairing })
  }).pipe(Effect.provide(toolServices(config, later)))
}

describe("a code by which an owner decides", () => {
  for (const [who, grant] of GRANTS) {
    it.effect(`is told to nobody by any tool: ${who}`, () =>
      inWorld(({ leave, pairing }) =>
        Effect.gen(function* () {
          const told = yield* Effect.forEach(calls([leave, pairing]), ([tool, input]) =>
            Effect.map(answerTo(grant, tool, input), (answer) => ({ tool, input, answer }))
          )
          for (const { answer, input, tool } of told) {
            // A refusal may say again what was asked for.
            if (JSON.stringify(input).includes(leave) || JSON.stringify(input).includes(pairing)) {
              expect(answer).not.toContain(VEIL)
              continue
            }
            expect({ tool, input, answer: answer.toUpperCase() }).toEqual({
              tool,
              input,
              answer: expect.not.stringMatching(`${leave}|${pairing}`)
            })
          }
          const reads = grant.only !== undefined || isGranted(grant, ["chat", "read"])
          for (const words of [
            `/allow ${VEIL} or /deny ${VEIL}`,
            `1. /allow ${VEIL}`,
            `voted for “/allow ${VEIL}”`
          ])
            expect(told.some(({ answer }) => answer.includes(words))).toBe(reads)
        })
      )
    )
  }

  it.effect("is not found out letter by letter either, nor by what else is not found for it", () =>
    inWorld(({ leave }) =>
      Effect.gen(function* () {
        const found = (query: string, limit: number) =>
          answerTo(token("read"), "search_messages", { query, limit })
        const nothing = yield* found("no such words", 1)
        // What is left out takes nobody's place.
        expect(yield* found(`/allow ${leave.slice(0, 3)}`, 1)).toContain("did you say")
        for (let length = 4; length <= leave.length; length++) {
          expect(yield* found(`/allow ${leave.slice(0, length)}`, 1)).toBe(nothing)
        }
        expect(yield* found("/allow ", 1)).toContain(VEIL)
      })
    )
  )

  it.effect("is a text like any other once it decides nothing", () =>
    inWorld(({ leave, pairing }) =>
      Effect.gen(function* () {
        yield* (yield* Permissions).decide(leave, false)
        yield* (yield* PairingStore).reject(pairing)
        const read = yield* answerTo(token("read"), "read_messages", { chat_id: CHATS.ofAlice })
        expect(read).toContain(leave)
        expect(yield* answerTo(token("read"), "search_messages", { query: pairing })).toContain("my code is")
      })
    )
  )
})
