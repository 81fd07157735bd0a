/** A store that an earlier build wrote, and was killed over, is taken over with all that waits in it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { leftStores } from "../support/leftStores.ts"
import { eventually } from "../support/simulator.ts"
import { OWED, takeOver } from "../support/waiting.ts"

/** Of what was said before the kill, that which is to be there once and no more. */
const BEFORE: Readonly<Record<string, ReadonlyArray<string>>> = { sending: ["echo: a lost result"] }

describe("a store that was left with something of each kind in it", () => {
  for (const { files, name } of leftStores) {
    it.scopedLive(`is taken over, and all is said once and in order (${name})`, () =>
      Effect.gen(function* () {
        const { fromAlex, home, said } = yield* takeOver(yield* files)
        const all = yield* eventually("what is owed", said, (chats) =>
          Object.entries(OWED).every(([chat, texts]) => (chats[chat] ?? []).length >= texts.length)
        )
        for (const [chat, texts] of Object.entries(OWED)) expect(all[chat]).toEqual(texts)
        for (const [chat, texts] of Object.entries(BEFORE)) expect(all[chat]).toEqual(texts)

        // Who was let in still is, and what failed can be tried again.
        yield* fromAlex("again")
        const later = yield* eventually("the answer", said, (chats) =>
          Object.values(chats).some((texts) => texts.includes("echo: again"))
        )
        expect(later.failed).toBeUndefined()
        const tried = yield* run("deadletters", "retry", "--all", "--config", home.configFile)
        expect(tried.code).toBe(0)
        const last = yield* eventually("what had failed", said, (chats) => chats.failed !== undefined)
        expect(last.failed).toEqual(["echo: fail now"])
        for (const [chat, texts] of Object.entries(OWED)) expect(last[chat]).toEqual(texts)
      })
    )
  }
})
