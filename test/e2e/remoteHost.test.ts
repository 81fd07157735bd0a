/** What commands say of ssh's failures where only `remoteHost` tells the host. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { makeHome } from "../support/gateway.ts"
import { wrapper } from "../support/sshd.ts"

/** A config whose wrapper fails as ssh does, and does not tell where it leads. */
const behindWrapper = (imessage: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const home = yield* makeHome({})
    const cliPath = yield* wrapper(`${home.dir}/imsg`, 'echo "Host key verification failed." >&2', "exit 255")
    return yield* makeHome({ imessage: { cliPath, ...imessage } })
  })

const commands = [
  { name: "doctor", args: ["doctor"] },
  { name: "chats", args: ["chats"] },
  { name: "history", args: ["history", "--chat", "1"] },
  { name: "send", args: ["send", "--to", "+15555550111", "--text", "x"] }
]

describe("a command that ssh keeps from the Mac", () => {
  for (const { args, name } of commands) {
    it.scopedLive(`names the host of \`remoteHost\` where it is \`${name}\``, () =>
      Effect.gen(function* () {
        const { configFile } = yield* behindWrapper({ remoteHost: "me@mac-mini" })
        const { code, stderr, stdout } = yield* run(...args, "--config", configFile)
        expect(code).toBe(1)
        expect(`${stdout}${stderr}`).toContain("ssh to me@mac-mini")
        expect(`${stdout}${stderr}`).toContain("`ssh me@mac-mini true`")
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scopedLive("gives no command with a host where none is known", () =>
    Effect.gen(function* () {
      const { configFile } = yield* behindWrapper({})
      const { stderr } = yield* run("chats", "--config", configFile)
      expect(stderr).toContain("ssh to the other host")
      expect(stderr).toContain("the ssh command of imessage.cliPath or its wrapper")
      expect(stderr).not.toContain("`ssh ")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
