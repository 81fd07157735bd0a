/** The config file: whether it is there and valid, and what can be known of it where it is not. */
import { FileSystem, type Path } from "@effect/platform"
import { Effect, Either, Option, Predicate } from "effect"
import JSON5 from "json5"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { ConfigInvalid } from "../../../schemas/errors/config.ts"
import { type Check, failed, ok, warning } from "./Check.ts"

const PLACE = { id: "config", title: "Config" } as const

/**
 * What is known of the config: its file and, as far as they are known whatever else is wrong, the state folder and
 * the accounts.
 */
export interface Known {
  readonly file: string | undefined
  readonly stateDir?: string
  readonly accounts?: GatewayConfig["accounts"]
  readonly defaultAccount?: string
  /** The whole, where nothing is wrong with it. */
  readonly whole?: GatewayConfig
}

/** What is decoded where the whole cannot be, and what is known then. */
const PARTS: ReadonlyArray<
  readonly [keys: ReadonlyArray<string>, known: ReadonlyArray<"stateDir" | "accounts">]
> = [
  [
    ["stateDir", "imessage", "channels", "agents"],
    ["stateDir", "accounts"]
  ],
  [["imessage", "channels", "agents"], ["accounts"]],
  [["stateDir"], ["stateDir"]]
]

/** Decodes the sections that are in order by themselves: a slip in one must not hide what is wrong with another. */
const knownOf = (file: string, text: string, env: NodeJS.ProcessEnv): Known => {
  const raw = Either.try((): unknown => JSON5.parse(text))
  if (Either.isLeft(raw) || !Predicate.isReadonlyRecord(raw.right)) return { file }
  const whole = raw.right
  for (const [keys, known] of PARTS) {
    const part = Object.fromEntries(keys.filter((key) => key in whole).map((key) => [key, whole[key]]))
    const decoded = ConfigFile.decode({ text: JSON.stringify(part), file, env })
    if (Either.isLeft(decoded)) continue
    const { accounts, stateDir } = decoded.right
    return {
      file,
      ...(known.includes("stateDir") ? { stateDir } : {}),
      ...(known.includes("accounts") ? { accounts } : {})
    }
  }
  return { file }
}

const judged = ({ accounts, file, warnings }: GatewayConfig): Check => {
  const enabled = accounts.filter((account) => account.enabled).map(({ id }) => id)
  const name = file ?? "no file"
  if (enabled.length === 0) {
    return warning(
      PLACE,
      `${name}: no account is enabled, so nothing is read`,
      "Take `enabled: false` out of imessage, or out of one of its accounts."
    )
  }
  return warnings.length === 0
    ? ok(PLACE, `${name}; accounts: ${enabled.join(", ")}`)
    : warning(
        PLACE,
        [
          `${name} is valid, with ${warnings.length === 1 ? "a warning" : `${warnings.length} warnings`}:`,
          ...warnings
        ].join("\n"),
        "Every key is described in docs/configuration.md. What is meant to be so can stay."
      )
}

/** Without a file its defaults are what a first look is about. */
const withoutFile = (error: ConfigInvalid, env: NodeJS.ProcessEnv): readonly [Check, Known] => {
  const defaults = ConfigFile.decode({ text: "{}", file: error.file, env })
  return [
    failed(
      PLACE,
      `${error.file} does not exist; what follows is looked at as if it were empty`,
      `Create it (\`{}\` is enough to start with), or name another with --config.`
    ),
    Either.match(defaults, {
      onLeft: () => ({ file: undefined }),
      onRight: ({ accounts, stateDir }) => ({ file: undefined, accounts, stateDir })
    })
  ]
}

/** Reads the config as the gateway would, and judges it. */
export const examineConfig = (
  path: Option.Option<string>
): Effect.Effect<readonly [Check, Known], never, FileSystem.FileSystem | Path.Path> =>
  ConfigFile.load(path).pipe(
    Effect.map((config): readonly [Check, Known] => [
      judged(config),
      {
        file: config.file,
        stateDir: config.stateDir,
        accounts: config.accounts,
        ...(config.defaultAccount === undefined ? {} : { defaultAccount: config.defaultAccount }),
        whole: config
      }
    ]),
    Effect.catchTag("ConfigInvalid", (error) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const env = yield* Effect.sync(() => process.env)
        const text = yield* Effect.option(fs.readFileString(error.file))
        if (Option.isNone(text) && !(yield* Effect.orElseSucceed(fs.exists(error.file), () => true))) {
          return withoutFile(error, env)
        }
        return [
          failed(PLACE, error.message, error.hint),
          Option.match(text, {
            onNone: (): Known => ({ file: error.file }),
            onSome: (text) => knownOf(error.file, text, env)
          })
        ] as const
      })
    )
  )
