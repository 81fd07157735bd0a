/** Where a `cliPath` leads: to a program, and perhaps to another Mac. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { type CliSettings, cliCommand, remoteHostOf } from "../../../src/layers/remote/cliCommand.ts"

const RPC = ["rpc", "--db", "/Users/me/my db"]

describe("a cliPath is run", () => {
  const commands: ReadonlyArray<readonly [string, string, string, ReadonlyArray<string>]> = [
    ["as a path", "/opt/imsg", "/opt/imsg", RPC],
    ["as a command line", "nice -n '5' imsg", "nice", ["-n", "5", "imsg", ...RPC]],
    [
      "over ssh with the arguments quoted for the other side",
      "ssh -T mac-mini imsg",
      "ssh",
      ["-T", "mac-mini", "imsg", "rpc", "--db", "'/Users/me/my db'"]
    ],
    ["as a path where a quote does not end", "it's here", "it's here", RPC]
  ]
  it.scoped.each(commands)("%s", ([, cliPath, program, args]) =>
    Effect.gen(function* () {
      expect(yield* cliCommand(cliPath, RPC)).toEqual({ program, args })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("as a path with spaces where there is such a file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* fs.makeTempDirectoryScoped(), "my imsg")
      yield* fs.writeFileString(file, "")
      expect(yield* cliCommand(file, RPC)).toEqual({ program: file, args: RPC })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

const hostOf = (settings: CliSettings) =>
  Effect.map(remoteHostOf(settings), (host) =>
    Option.getOrUndefined(
      Option.map(host, ({ destination, options, program }) => [program, ...options, destination].join(" "))
    )
  )

/** Where a wrapper leads. */
const ofScript = (script: string, remoteHost?: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const cliPath = join(yield* fs.makeTempDirectoryScoped(), "wrapper")
    yield* fs.writeFileString(cliPath, script)
    return yield* hostOf({ cliPath, remoteHost })
  })

describe("the Mac is known", () => {
  const commandLines: ReadonlyArray<readonly [string, string | undefined]> = [
    ["ssh -T mac-mini imsg", "ssh mac-mini"],
    [
      "/usr/bin/ssh -4Tp2222 -i '~/my key' -o A=b -L 1:b:2 me@mac-mini imsg",
      "/usr/bin/ssh -4 -p 2222 -i ~/my key -o A=b me@mac-mini"
    ],
    ["ssh -l me -- mac imsg", "ssh -l me mac"],
    ["ssh -o RemoteCommand=imsg mac", "ssh mac"],
    ["imsg", undefined],
    ["ssh -T", undefined],
    ["ssh -? mac imsg", undefined],
    ["nice ssh mac imsg", undefined]
  ]
  it.scoped.each(commandLines)("by the command line %s: %s", ([cliPath, host]) =>
    Effect.gen(function* () {
      expect(yield* hostOf({ cliPath })).toBe(host)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const scripts: ReadonlyArray<readonly [string, string, string | undefined]> = [
    [
      "the guide's long wrapper",
      '#!/usr/bin/env bash\nset -euo pipefail\n\n# ssh bot@localhost true\nexec /usr/bin/ssh -o BatchMode=yes -o ConnectTimeout=5 -T bot@localhost \\\n"/usr/local/bin/imsg" "$@"\n',
      "/usr/bin/ssh -o BatchMode=yes -o ConnectTimeout=5 bot@localhost"
    ],
    ["the guide's short wrapper", '#!/usr/bin/env bash\nexec ssh -T mac-mini imsg "$@"\n', "ssh mac-mini"],
    ["a wrapper without exec", "#!/bin/sh\nssh mac-mini imsg rpc", "ssh mac-mini"],
    [
      "a key below the home folder",
      `#!/bin/sh\nexec ssh -i "$HOME/k" mac imsg`,
      `ssh -i ${process.env.HOME}/k mac`
    ],
    ["a host in a variable", '#!/bin/sh\nHOST=mac\nexec ssh "$HOST" imsg "$@"', undefined],
    ["two hosts", "#!/bin/sh\nssh a true\nexec ssh b imsg", undefined],
    ["a wrapper of this machine", '#!/bin/sh\nexec /opt/homebrew/bin/imsg "$@"', undefined],
    ["a program", "\u007fELF ssh mac imsg", undefined]
  ]
  it.scoped.each(scripts)("by %s", ([, script, host]) =>
    Effect.gen(function* () {
      expect(yield* ofScript(script)).toBe(host)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("by a wrapper that is found by the PATH of its environment, with that one's home folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${dir}/my-imsg`, '#!/bin/sh\nexec ssh -i "$HOME/k" mac imsg')
      expect(yield* hostOf({ cliPath: "my-imsg", env: { PATH: `/nowhere:${dir}`, HOME: "/home/bot" } })).toBe(
        "ssh -i /home/bot/k mac"
      )
      expect(yield* hostOf({ cliPath: "my-imsg" })).toBe(undefined)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const named: ReadonlyArray<readonly [string, string, string, string]> = [
    ["alone", '#!/bin/sh\nexec ssh "$HOST" imsg', "me@mac", "ssh me@mac"],
    [
      "with the wrapper's options for the same host",
      "#!/bin/sh\nexec /opt/ssh -p 22 MAC imsg",
      "me@mac",
      "/opt/ssh -p 22 me@mac"
    ],
    ["without those for another", "#!/bin/sh\nexec ssh -p 22 gate imsg", "me@mac", "ssh me@mac"]
  ]
  it.scoped.each(named)("by remoteHost, %s", ([, script, remoteHost, host]) =>
    Effect.gen(function* () {
      expect(yield* ofScript(script, remoteHost)).toBe(host)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
