/** Whose Messages an account reads. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { identityOf } from "../../../src/programs/gateway/identities.ts"
import { homeExpander } from "../../../src/schemas/config/home.ts"
import { makeAccount } from "../../support/configs.ts"

const DEFAULT = homeExpander(process.env)("~/Library/Messages/chat.db")
const OLD = "the chat.db of its user"

describe("an account reads", () => {
  it.effect.each<{
    readonly what: string
    readonly account: { readonly cliPath?: string; readonly dbPath?: string }
    readonly name: string
    readonly spellings: ReadonlyArray<string>
  }>([
    { what: "the database of its user", account: {}, name: DEFAULT, spellings: [OLD] },
    {
      what: "the same one, written out",
      account: { dbPath: DEFAULT },
      name: DEFAULT,
      spellings: [DEFAULT, OLD]
    },
    {
      what: "another one, in one spelling",
      account: { dbPath: "/a//b/../chat.db" },
      name: "/a/chat.db",
      spellings: ["/a//b/../chat.db"]
    },
    { what: "that of another Mac", account: { cliPath: "ssh mac imsg" }, name: `mac:${OLD}`, spellings: [] },
    {
      what: "a named one of another Mac",
      account: { cliPath: "ssh mac imsg", dbPath: "/a//chat.db" },
      name: "mac:/a/chat.db",
      spellings: ["mac:/a//chat.db"]
    }
  ])("$what", ({ account, name, spellings }) =>
    Effect.gen(function* () {
      expect(yield* identityOf(makeAccount(account))).toEqual({ name, spellings })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
