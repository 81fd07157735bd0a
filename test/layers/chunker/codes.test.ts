/** A code by which an owner decides is never cut: nobody could read it, and it would not be veiled. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import { questionOf } from "../../../src/layers/permissions/question.ts"
import * as words from "../../../src/programs/account/chatCommands/words.ts"
import { pairingDelivery } from "../../../src/programs/account/outbox/pairingDelivery.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { configLayer } from "../../support/configs.ts"

const CODE = "ABCD2345"
const LIMITS = Array.from({ length: 80 }, (_, index) => index + 10)
const request = {
  ...{ accountId: "default", sender: "+15555550123", code: CODE },
  ...{ createdAt: 0, expiresAt: 1, lastSeenAt: 0 }
}

describe("a code in what is said", () => {
  for (const commands of [true, false]) {
    it.effect(`is whole in one message by every limit that the config takes (commands: ${commands})`, () =>
      Effect.gen(function* () {
        const config = yield* (yield* ConfigService).current
        const [account] = config.accounts
        if (account === undefined) return expect.fail("no account")
        const question = questionOf(config, {
          ...{ agentId: "main", accountId: "default", kind: "execute", title: "rm -rf notes" },
          ...{ senders: ["+15555550123"], chat: "chat_id:1", isGroup: false, code: CODE, withinMs: 60_000 }
        })
        const target = { _tag: "ChatId", chatId: 1 } as const
        const stranger = pairingDelivery(account, request, target).replies[0]?.text ?? ""
        for (const text of [question, words.asks(request), words.requests([request], 0), stranger]) {
          const times = text.split(CODE).length
          expect(times).toBeGreaterThan(1)
          for (const limit of LIMITS) {
            for (const mode of ["length", "newline"] as const) {
              const whole = chunk(text, { limit, mode }).reduce(
                (sum, part) => sum + part.split(CODE).length - 1,
                1
              )
              expect({ text, limit, whole }).toEqual({ text, limit, whole: times })
            }
          }
        }
      }).pipe(Effect.provide(configLayer({ messages: { commands } })))
    )
  }
})
