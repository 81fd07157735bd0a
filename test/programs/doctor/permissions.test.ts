import { describe, expect, it } from "@effect/vitest"
import { permissionChecks } from "../../../src/programs/commands/doctor/permissions.ts"
import type { PermissionsConfig } from "../../../src/schemas/config/permissions.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { withPermissions } from "../../support/permissions.ts"

const OWNED = { owners: ["+15555550119"] }

const found = (said: Partial<PermissionsConfig>, partial: ConfigFileContent = OWNED) =>
  permissionChecks(withPermissions(said, partial)).map(({ detail, status }) => `${status}: ${detail}`)

describe("an agent that asks for leave", () => {
  it.each([
    ["is not looked at where no owner is asked", { default: "allow" }, {}, []],
    ["is well where there is an owner", { default: "ask" }, OWNED, ["ok: owners are asked: +15555550119"]],
    [
      "is refused all where there is none",
      { rules: [{ kind: "edit", action: "ask" }] },
      {},
      ["warning: owners are to be asked, and there is none: all of it is refused"]
    ],
    [
      "is so too where only a group has ask",
      {},
      { imessage: { groups: { "42": { permissions: "ask" } } } },
      ["warning: owners are to be asked, and there is none: all of it is refused"]
    ],
    [
      "is said to be answered elsewhere where an account has no iMessage",
      { default: "ask" },
      { ...OWNED, imessage: { services: ["sms"] } },
      ["warning: account default is not set to iMessage, by which alone owners are asked"]
    ],
    [
      "is said to be answered elsewhere where nobody is answered directly",
      { default: "ask" },
      { ...OWNED, imessage: { dmPolicy: "disabled" } },
      ["warning: account default answers nobody directly, so that owners cannot answer it"]
    ],
    [
      "is said to be answered elsewhere where there are no commands",
      { default: "ask" },
      { ...OWNED, messages: { commands: false } },
      ["warning: messages.commands is false: owners are asked, and cannot answer in the chat"]
    ]
  ] as const)("%s", (_, said, partial, checks) => {
    expect(found(said, partial)).toEqual(checks)
  })
})
