/** A program in the place of ssh that runs what it is told on this machine, as a login shell would there. */
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import type { RemoteHost } from "../../src/services/RemoteFiles.ts"

export interface StandInOptions {
  /** The login shell. */
  readonly shell?: string
  /** What it does before, as lines of sh. */
  readonly before?: string
}

/** As on macOS, where no bytes at all are too few. */
const BSD_HEAD = `#!/bin/sh
if [ "$2" = 0 ]; then echo "head: illegal byte count -- 0" >&2; exit 1; fi
PATH=\${PATH#*:} exec head "$@"
`

/** A host with a home folder of its own; `calls` counts how often it was asked. */
export const makeHost = ({ before = "", shell = "/bin/sh" }: StandInOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const dir = yield* Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "imsg-host-" }), fs.realPath)
    const home = join(dir, "home")
    const program = join(dir, "ssh")
    const log = join(dir, "calls")
    const bin = join(dir, "bin")
    yield* fs.makeDirectory(home)
    yield* fs.makeDirectory(bin)
    yield* fs.writeFileString(join(bin, "head"), BSD_HEAD, { mode: 0o755 })
    yield* fs.writeFileString(log, "")
    yield* fs.writeFileString(
      program,
      `#!/bin/sh\necho call >>'${log}'\n${before}\nfor last; do :; done\nPATH='${bin}':$PATH HOME='${home}' exec ${shell} -c "$last"\n`,
      { mode: 0o755 }
    )
    const host: RemoteHost = {
      program,
      options: [],
      destination: "mac-mini",
      environment: { env: {}, passEnv: [] }
    }
    return {
      host,
      dir,
      home,
      put: (name: string, content: string) => fs.writeFileString(join(home, name), content),
      calls: Effect.map(fs.readFileString(log), (text) => text.split("\n").length - 1)
    }
  })
