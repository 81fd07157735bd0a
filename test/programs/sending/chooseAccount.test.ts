import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { chooseAccount } from "../../../src/programs/sending/chooseAccount.ts"
import { makeConfig } from "../../support/configs.ts"

const chosen = (imessage: object, named?: string) =>
  chooseAccount(makeConfig({ imessage }), Option.fromNullable(named)).pipe(
    Effect.match({ onFailure: ({ code }) => code, onSuccess: ({ id }) => id })
  )

const two = { a: {}, b: { dbPath: "/b.db" } }

describe("the account of a command", () => {
  it.effect.each<[what: string, imessage: object, named: string | undefined, account: string]>([
    ["is the one that is named", { accounts: two, defaultAccount: "a" }, "b", "b"],
    ["is the default where none is named", { accounts: two, defaultAccount: "b" }, undefined, "b"],
    [
      "is the default though another is the only one enabled: the config says so",
      { accounts: { a: {}, b: { dbPath: "/b.db", enabled: false } }, defaultAccount: "b" },
      undefined,
      "b"
    ],
    ["is the only one that is enabled", { accounts: { ...two, b: { enabled: false } } }, undefined, "a"],
    ["is not guessed", { accounts: two }, undefined, "account_not_chosen"],
    ["is not one that there is not", { accounts: two, defaultAccount: "a" }, "c", "account_not_found"]
  ])("%s", ([, imessage, named, account]) =>
    Effect.map(chosen(imessage, named), (found) => expect(found).toBe(account))
  )
})
