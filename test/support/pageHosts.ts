/**
 * The machines that docs/cluster.md is about, in one folder: each a home of its own with the programs in its path that the
 * page names. What is of a machine and not of the gateway (`sudo`, `ssh`, systemd, `npm`) stands in; the gateway, its
 * `imsg` and PostgreSQL are real.
 */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Redacted } from "effect"
import { MAIN, runWith } from "./command.ts"
import { temporaryFolder } from "./folder.ts"
import { ownServer } from "./postgres.ts"
import { program } from "./programs.ts"
import { makeSimulator, type Simulator, signal } from "./simulator.ts"

const SUDO = `[ "$1" = -u ] && shift 2
exec "$@"`

/** What another machine runs has its home and its path. */
const ssh = (
  root: string
) => `while [ "\${1#-}" != "$1" ]; do case "$1" in -o|-i|-p|-F) shift 2 ;; *) shift ;; esac; done
host="$1"
shift
[ -d "${root}/$host" ] || { echo "ssh: Could not resolve hostname $host: Name or service not known" >&2; exit 255; }
HOME="${root}/$host" PATH="${root}/$host/bin:$PATH" exec /bin/sh -c "$(printf %s "$*" | sed 's#/opt/homebrew/bin/##g')"`

/** A service of the user as systemd has it, as far as \`service\` asks for one. The database's is the test's to start. */
const SYSTEMCTL = `if [ "$1" != --user ]; then
  touch "$ASKED"
  while [ -e "$ASKED" ]; do sleep 0.1; done
  exit 0
fi
shift
unit="$HOME/.config/systemd/user/imsg-gateway.service"
pid="$(cat "$HOME/service.pid" 2>/dev/null || echo 0)"
runs() { [ "$pid" != 0 ] && kill -0 "$pid" 2>/dev/null; }
stop() { if runs; then kill "$pid"; while runs; do sleep 0.1; done; fi; }
start() {
  eval "set -- $(sed -n 's/^ExecStart=//p' "$unit")"
  program="\${1#:}"
  shift
  setsid "$program" "$@" >"$HOME/service.out" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$HOME/service.pid"
  # Until it says that it is up.
  while [ ! -S "$HOME/.imsg-gateway/gateway.sock" ] && runs; do sleep 0.1; done
}
case "$1" in
  start) runs || start ;;
  restart) stop; start ;;
  stop|disable) stop ;;
  show) if runs; then printf 'LoadState=loaded\\nActiveState=active\\nMainPID=%s\\n' "$pid"; else printf 'LoadState=loaded\\nActiveState=inactive\\nMainPID=0\\n'; fi ;;
esac`

/** Where a value of the page is another one here. */
type Translation = ReadonlyArray<readonly [ofPage: string, here: string]>

export interface Block {
  /** The first line of a block says on which machine it is run. */
  readonly where: string
  readonly text: string
}

/** The commands of a page, in its order. */
export const blocksOf = (page: string): ReadonlyArray<Block> =>
  [...page.matchAll(/```sh\n# (on [^\n]+)\n([\s\S]*?)```/gu)].map(([, where = "", text = ""]) => ({
    where,
    text
  }))

const translate = (text: string, values: Translation): string =>
  values.reduce((before, [ofPage, here]) => before.replaceAll(ofPage, here), text)

/** A server with the certificate that a package makes for it; its restart is asked for by a file. */
const makeServer = (asked: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const server = yield* ownServer
    const [at] = yield* server.query<{ readonly dir: string }>(
      "postgres",
      "SELECT current_setting('data_directory') AS dir"
    )
    const dir = at?.dir ?? ""
    const [key, certificate] = [path.join(dir, "server.key"), path.join(dir, "server.crt")]
    const names = ["-subj", "/CN=server", "-keyout", key, "-out", certificate]
    yield* runWith({}, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names)
    const { gid, uid } = yield* fs.stat(dir)
    yield* Effect.forEach([key, certificate], (file) =>
      Effect.zipRight(
        fs.chmod(file, 0o600),
        fs.chown(
          file,
          Option.getOrElse(uid, () => 0),
          Option.getOrElse(gid, () => 0)
        )
      )
    )
    yield* server.query("postgres", "ALTER SYSTEM SET ssl = on")
    const restart = Effect.gen(function* () {
      if (!(yield* fs.exists(asked))) return
      yield* server.stop("fast")
      yield* server.start
      yield* fs.remove(asked)
    })
    yield* Effect.forkScoped(Effect.forever(Effect.delay(restart, "100 millis")))
    return server
  })

/** Whose \`imsg\` and \`chat.db\` are where a Mac has them. */
const makeMac = (home: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const imsg = yield* makeSimulator({ holdMs: 0 })
    yield* fs.makeDirectory(`${home}/Library`, { recursive: true })
    yield* fs.symlink(imsg.dir, `${home}/Library/Messages`)
    const lines = [
      "#!/bin/sh",
      "# A look that the simulator has not, and the database where it is by itself.",
      '[ "$1" = chats ] && exit 0',
      'case "$*" in rpc) set -- rpc --db "$HOME/Library/Messages/chat.db" ;; esac',
      `exec '${imsg.cliPath}' "$@"`,
      ""
    ]
    yield* fs.writeFileString(`${home}/bin/imsg`, lines.join("\n"), { mode: 0o755 })
    return imsg
  })

/**
 * The machines by their names. `run` runs a text of the page on one of them, as its user; `lose` ends what its service
 * runs, as a loss of power does. `values` are what is otherwise here than on the page.
 */
export const makePageHosts = <Mac extends string, Other extends string>(
  macs: ReadonlyArray<Mac>,
  others: ReadonlyArray<Other>,
  values: Translation
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const postgres = path.dirname(yield* program("postgres"))
    const root = yield* Effect.flatMap(temporaryFolder("imsg-cluster-page-"), fs.realPath)
    const asked = `${root}/restart-of-the-database`
    const server = yield* makeServer(asked)
    const programs = {
      sudo: SUDO,
      ssh: ssh(root),
      systemctl: SYSTEMCTL,
      loginctl: "echo yes",
      apt: "exit 0",
      npm: "exit 0",
      "imsg-gateway": `exec "${process.execPath}" "${MAIN}" "$@"`
    }
    yield* Effect.forEach([...macs, ...others], (name) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${root}/${name}/bin`, { recursive: true })
        yield* Effect.forEach(Object.entries(programs), ([file, text]) =>
          fs.writeFileString(`${root}/${name}/bin/${file}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
        )
      })
    )
    const simulators = new Map<Mac, Simulator>()
    for (const name of macs) simulators.set(name, yield* makeMac(`${root}/${name}`))

    const here: Translation = [...values, [":5432", `:${server.port}`]]
    const { password, username } = new URL(Redacted.value(server.url("postgres")))
    const run = (name: Mac | Other, text: string) =>
      runWith(
        {
          HOME: `${root}/${name}`,
          PATH: `${root}/${name}/bin:${postgres}:${process.env.PATH}`,
          NO_COLOR: "1",
          ASKED: asked,
          PGHOST: "127.0.0.1",
          PGPORT: String(server.port),
          PGUSER: username,
          PGPASSWORD: password,
          PGDATABASE: "postgres"
        },
        ...["sh", "-c", `set -e\ncd\n${translate(text, here)}`]
      )
    const pidOf = (name: Mac | Other) =>
      fs.readFileString(`${root}/${name}/service.pid`).pipe(Effect.map(Number), Effect.option)
    const lose = (name: Mac | Other) =>
      Effect.flatMap(
        pidOf(name),
        Option.match({ onNone: () => Effect.void, onSome: (pid) => signal(pid, "SIGKILL") })
      )
    yield* Effect.addFinalizer(() => Effect.forEach([...macs, ...others], lose))
    return {
      server,
      run,
      lose,
      imsgOf: (name: Mac): Simulator => {
        const found = simulators.get(name)
        if (found === undefined) throw new Error(`${name} is no Mac`)
        return found
      },
      write: (name: Mac | Other, file: string, text: string) =>
        Effect.gen(function* () {
          const at = `${root}/${name}/${file}`
          yield* fs.writeFileString(at, translate(text, here), { mode: 0o600 })
        })
    }
  })
