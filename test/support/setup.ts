/** A person's machine before the setup: an empty home, an imsg, a model that runs, and no service manager. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect } from "effect"
import { json } from "../../src/programs/simulator/model/say.ts"
import { MAIN, runWith } from "./command.ts"
import { type Deed, modelServer, saying } from "./modelServer.ts"
import { atTerminal } from "./pty.ts"
import { makeSimulator } from "./simulator.ts"

/** As Ollama: a list of models, and answers. */
const ollama: Deed = (request) =>
  request.path === "/v1/models"
    ? Effect.succeed(
        json(200, {
          data: [{ id: "nomic-embed-text:latest" }, { id: "llama3.2:latest" }, { id: "qwen3:8b" }]
        })
      )
    : saying("Hello, I am your model.")(request)

/** What of the environment of whoever runs the tests would be found too. */
const NOTHING_ELSE = {
  OPENAI_API_KEY: "",
  ANTHROPIC_API_KEY: "",
  OPENROUTER_API_KEY: "",
  IMSG_GATEWAY_CONFIG: "",
  IMSG_GATEWAY_STATE_DIR: "",
  SSH_CONNECTION: "",
  TERM_PROGRAM: "Apple_Terminal"
}

/** An ssh that reaches one Mac, which is this machine. */
const sshTo = (mac: string) => `#!/bin/sh
for word in "$@"; do
  shift
  if [ "$word" = "${mac}" ]; then exec sh -c "$*"; fi
done
echo "ssh: Could not resolve hostname gone.example.com: Name or service not known" >&2
exit 255
`

const NO_MANAGER = "#!/bin/sh\necho 'no service manager runs here' >&2\nexit 1\n"

/** Managers that take a service, and of which nothing runs. */
const MANAGERS = {
  systemctl: '#!/bin/sh\ncase "$*" in *" show "*) echo "ActiveState=inactive" ;; esac\n',
  launchctl: '#!/bin/sh\n[ "$1" = print ] && exit 113\nexit 0\n'
}

interface Surroundings {
  /** With `false` there is no `imsg` in PATH. */
  readonly imsg?: boolean
  /** What ssh reaches. */
  readonly mac?: string
  /** Whether there is a service manager. */
  readonly manager?: boolean
  readonly variables?: { readonly [name: string]: string }
}

export const makeMachine = (options: Surroundings = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-setup-" })
    const imsg = yield* makeSimulator()
    const model = yield* modelServer(ollama)
    const [bin, home] = [`${dir}/bin`, `${dir}/home`]
    yield* Effect.forEach([bin, home], (folder) => fs.makeDirectory(folder))
    const executable = (name: string, text: string) =>
      fs.writeFileString(`${bin}/${name}`, text, { mode: 0o755 })
    yield* executable("systemctl", options.manager === true ? MANAGERS.systemctl : NO_MANAGER)
    yield* executable("launchctl", options.manager === true ? MANAGERS.launchctl : NO_MANAGER)
    if (options.mac !== undefined) yield* executable("ssh", sshTo(options.mac))
    const wrapper = `#!/bin/sh\nPATH=${process.env.PATH ?? ""}\nexec ${imsg.cliPath} "$@" --db ${imsg.dbPath}\n`
    yield* executable(options.imsg === false ? "imsg-elsewhere" : "imsg", wrapper)
    const env = {
      ...NOTHING_ELSE,
      ...options.variables,
      HOME: home,
      PATH: `${bin}:/usr/bin:/bin`,
      OLLAMA_HOST: model.url,
      NO_COLOR: "1"
    }
    const gateway = (...args: ReadonlyArray<string>) => [process.execPath, MAIN, ...args] as const
    return {
      dir,
      bin,
      home,
      imsg,
      model,
      env,
      configFile: `${home}/.imsg-gateway/config.json5`,
      run: (...args: ReadonlyArray<string>) => runWith(env, ...gateway(...args)),
      typed: (...args: ReadonlyArray<string>) => atTerminal({ ...env, TERM: "xterm" }, ...gateway(...args))
    }
  }).pipe(Effect.provide(NodeContext.layer))
