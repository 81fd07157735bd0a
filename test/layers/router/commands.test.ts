/** Commands behind a mention, as they are switched off, and as owners change; who may give which is in access.test.ts. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref, Stream } from "effect"
import { allowedCommands } from "../../../src/layers/router/commands.ts"
import * as RouterLive from "../../../src/layers/router/RouterLive.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { Router } from "../../../src/services/Router.ts"
import { type ConfigFileContent, makeConfig } from "../../support/configs.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { judge, stores } from "./accessStores.ts"

const open: ConfigFileContent = { dmPolicy: "open", allowFrom: ["*"], groups: { "*": {} } }
const config: ConfigFileContent = {
  imessage: open,
  owners: [ALICE],
  agents: { list: [{ id: "main", name: "Robin 🦞" }] }
}

const inGroup = (text: string) => makeEnvelope({ isGroup: true, participantCount: 3, via: "imessage", text })
const direct = (text: string) => makeEnvelope({ participantCount: 1, via: "imessage", text })

const reasonOf = (content: ConfigFileContent, envelope: ReturnType<typeof makeEnvelope>) =>
  Effect.map(judge(content, envelope), ({ reason }) => reason).pipe(Effect.provide(stores))

describe("an owner's command in a group", () => {
  it.effect.each([
    ["/stop", "command"],
    ["@Robin /stop", "command"],
    ["Robin, /Stop ", "command"],
    ["@robin 🦞 /stop", "command"],
    ["hey Robin /stop", "group-mentioned"],
    ["Robin /stop it", "group-mentioned"],
    ["Robin says: do not /stop", "group-mentioned"],
    ["@Ada /stop", "group-not-mentioned"],
    ["and/or /stop", "group-not-mentioned"]
  ] as const)("%j: %s", ([text, reason]) =>
    Effect.map(reasonOf(config, inGroup(text)), (found) => expect(found).toBe(reason))
  )

  it.effect("is none in a group that is not let in", () =>
    Effect.map(reasonOf({ ...config, imessage: { ...open, groups: { 8: {} } } }, inGroup("/stop")), (found) =>
      expect(found).toBe("group-not-admitted")
    )
  )
})

describe("a command", () => {
  it.effect("is a text like any other where the config says so", () =>
    Effect.map(reasonOf({ ...config, messages: { commands: false } }, direct("/stop")), (found) =>
      expect(found).toBe("dm-open")
    )
  )

  it.effect("is none beside a file, which is for the agent", () =>
    Effect.map(
      reasonOf(config, {
        ...direct("/stop"),
        attachments: [{ path: "/a.jpg", mimeType: "image/jpeg", name: "a.jpg" }]
      }),
      (found) => expect(found).toBe("dm-open")
    )
  )

  it.effect("is as stale as any message", () =>
    Effect.map(reasonOf(config, { ...direct("/stop"), sentAt: -7_200_001 }), (found) =>
      expect(found).toBe("stale")
    )
  )

  it.effect("says for which agent and session it was, and all that may be said there", () =>
    Effect.gen(function* () {
      expect(yield* judge(config, { ...direct("/new"), sender: BOB })).toEqual({
        _tag: "Command",
        command: { _tag: "New" },
        allowed: ["Stop", "New", "Status", "Help"],
        agentId: "main",
        sessionKey: "agent:main:main",
        isGroup: false,
        reason: "command"
      })
    }).pipe(Effect.provide(stores))
  )
})

describe("owners", () => {
  it.effect("are those of the config as it is now", () =>
    Effect.gen(function* () {
      const current = yield* Ref.make(makeConfig({ ...config, owners: [] }))
      const changing = Layer.succeed(ConfigService, {
        current: Ref.get(current),
        changes: Stream.empty,
        reload: Effect.dieMessage("nothing is read again here")
      })
      yield* Effect.gen(function* () {
        const router = yield* Router
        const said = router.judge(direct("/pairing"), { baselineAt: undefined })
        expect((yield* said).reason).toBe("dm-open")
        yield* Ref.set(current, makeConfig(config))
        expect((yield* said).reason).toBe("command")
        yield* Ref.set(current, makeConfig({ ...config, owners: [BOB] }))
        expect((yield* said).reason).toBe("dm-open")
      }).pipe(Effect.provide(RouterLive.layer.pipe(Layer.provide(changing))))
    }).pipe(Effect.provide(stores))
  )

  it("alone may command the gateway, and only where nobody else hears it", () => {
    const ofOwners = [
      "Pairing",
      "Pair",
      "Reject",
      "Paused",
      "Pause",
      "Resume",
      "Permissions",
      "Allow",
      "Deny"
    ]
    const mayOwn = (isAlone: boolean, isOwner: boolean) =>
      allowedCommands({ isAlone, isOwner }).filter((name) => ofOwners.includes(name))
    expect(mayOwn(true, true)).toEqual(ofOwners)
    expect([mayOwn(true, false), mayOwn(false, true), mayOwn(false, false)]).toEqual([[], [], []])
  })
})
