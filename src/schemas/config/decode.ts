/** Decodes the text of a config file into the gateway's config, or into all that is wrong with it. */

import { Array as Arr, Either, Schema } from "effect"
import JSON5 from "json5"
import { ConfigFile, type GatewayConfig, gatewayKeys, httpKeys } from "../Config.ts"
import { ConfigInvalid, ConfigProblem } from "../errors/config.ts"
import { messageOf } from "../errors/messageOf.ts"
import { type ExpandHome, resolveAccounts } from "./accounts.ts"
import { ackKeys } from "./ack.ts"
import {
  budgetKeys,
  inboundKeys,
  interimKeys,
  loopGuardKeys,
  type MessagesSection,
  noticeKeys
} from "./agents.ts"
import { bindAccounts } from "./bindings.ts"
import { pathOfAgent } from "./declaredAgents.ts"
import { homeExpander, STATE_VARIABLE, variable } from "./home.ts"
import { resolveHosts } from "./hosts.ts"
import { type Env, isObject, pick } from "./keys.ts"
import { type MediaSection, transcriptionKeys } from "./media.ts"
import { openPermissions } from "./openPermissions.ts"
import { expectedOf, type KeyPath, type Problem, problemsOf, renderPath, show } from "./problems.ts"
import { groupsWithoutAgent, resolveAgents } from "./routes.ts"
import { settle } from "./section.ts"
import { resolveOwners, resolvePeople } from "./session.ts"
import { nearest } from "./spelling.ts"
import { Folder, withoutSlash } from "./values.ts"

type Problems = Arr.NonEmptyReadonlyArray<Problem>

const wholeFile = (message: string): Problems => [{ path: [], message }]

const parse = (text: string): Either.Either<unknown, Problems> =>
  Either.try({
    try: (): unknown => JSON5.parse(text),
    catch: (error) => {
      const reason = messageOf(error)
      const where = reason.replace(/^JSON5: /, "").replace(/ at (\d+):(\d+)$/, " at line $1, column $2")
      return wholeFile(`is not valid JSON5: ${where}`)
    }
  })

/**
 * Whether a binding says that it is for another channel, in older files by `provider`; a misspelt `imessage` is
 * not another one.
 */
const isForeignBinding = (binding: unknown): boolean => {
  const match = isObject(binding) ? binding.match : undefined
  const channel = isObject(match) ? (match.channel ?? match.provider) : undefined
  return typeof channel === "string" && nearest(channel, ["imessage"]) === undefined
}

/** The raw file without the bindings of other channels, and where the bindings that are left stood. */
const withoutForeignBindings = (raw: { readonly [key: string]: unknown }) => {
  const { bindings } = raw
  if (!Array.isArray(bindings)) return { raw, stood: [] }
  const kept = [...bindings.entries()].filter(([, binding]) => !isForeignBinding(binding))
  return {
    raw: { ...raw, bindings: kept.map(([, binding]: [number, unknown]) => binding) },
    stood: kept.map(([at]) => at)
  }
}

const resolveStateDir = (file: ConfigFile, env: Env, expandHome: ExpandHome) => {
  const fromEnv = variable(env, STATE_VARIABLE)
  const chosen = settle(gatewayKeys, [file, { stateDir: fromEnv }]).stateDir
  return {
    value: expandHome(chosen),
    problems: Schema.is(Folder)(chosen)
      ? []
      : [
          {
            path: ["stateDir"],
            message: `expected ${expectedOf(Folder.ast)}; got ${show(chosen)} from $${STATE_VARIABLE}`
          }
        ]
  }
}

/** One warning for all keys that are not read; a key of several list entries is named once. */
const ignoredKeys = (paths: ReadonlyArray<KeyPath>): ReadonlyArray<string> => {
  const names = new Set(paths.map((path) => renderPath(path).replace(/\[\d+\]/g, "[]")))
  return names.size === 0 ? [] : [`these keys are not known here and are ignored: ${[...names].join(", ")}`]
}

const messagesOf = (section: MessagesSection): GatewayConfig["messages"] => {
  const { ack, budget, inbound, interim, loopGuard, responsePrefix } = section
  const { commands, failureNotice } = settle(noticeKeys, [section])
  return {
    ...(responsePrefix === undefined ? {} : { responsePrefix }),
    inbound: settle(inboundKeys, [inbound]),
    ack: settle(ackKeys, [ack]),
    loopGuard: settle(loopGuardKeys, [loopGuard]),
    budget: budget === false ? { turns: 0, parts: 0 } : settle(budgetKeys, [budget]),
    commands,
    ...(interim === false ? {} : { interim: settle(interimKeys, [interim]) }),
    ...(failureNotice === false ? {} : { failureNotice })
  }
}

const mediaOf = ({ transcription }: MediaSection): GatewayConfig["media"] =>
  transcription === undefined
    ? {}
    : {
        transcription: {
          ...transcription,
          ...settle(transcriptionKeys, [transcription]),
          baseUrl: withoutSlash(transcription.baseUrl)
        }
      }

/** The section `imessage`, wherever the file has it, and where that is. */
const imessageOf = ({ channels: { defaults, imessage: shared } = {}, imessage }: ConfigFile) => {
  const { contextVisibility, groupPolicy } = { ...defaults, ...shared }
  const section = imessage ?? {
    ...shared,
    ...(groupPolicy === undefined ? {} : { groupPolicy }),
    ...(contextVisibility === undefined ? {} : { contextVisibility })
  }
  return {
    section,
    path: imessage === undefined && shared !== undefined ? ["channels", "imessage"] : ["imessage"]
  }
}

/** Makes the gateway's config of a decoded file. */
const resolve = (file: ConfigFile, name: string, env: Env) => {
  const expandHome = homeExpander(env)
  const { path, section } = imessageOf(file)
  const stateDir = resolveStateDir(file, env, expandHome)
  const accounts = resolveAccounts(section, path, expandHome)
  const agents = resolveAgents(file.agents ?? {}, file.messages ?? {}, expandHome, stateDir.value)
  const bindings = bindAccounts(file.bindings ?? [], agents.value.list, accounts.value)
  const regions = [...new Set(accounts.value.map(({ region }) => region))]
  const people = resolvePeople(file.people ?? {}, regions)
  const owners = resolveOwners(file.owners ?? [], regions)
  const twice: Problem = {
    path: ["channels", "imessage"],
    message: "there is an imessage section at the top level too; keep one of the two"
  }
  const hosts = resolveHosts(
    { cluster: file.cluster, imessage: section, path, agents: file.agents ?? {} },
    accounts.value,
    agents.value.list
  )
  const http = file.control?.http
  const settled = settle(gatewayKeys, [file])
  const config: GatewayConfig = {
    file: name,
    stateDir: stateDir.value,
    accounts: bindings.value,
    ...(section.defaultAccount === undefined ? {} : { defaultAccount: section.defaultAccount }),
    agents: agents.value,
    messages: messagesOf(file.messages ?? {}),
    session: file.session?.dmScope === undefined ? {} : { dmScope: file.session.dmScope },
    people: people.value,
    owners: owners.value,
    media: mediaOf(file.media ?? {}),
    retention: settled.retention,
    shutdownMs: settled.shutdownMs,
    ...hosts.value,
    control: http === undefined ? {} : { http: { ...http, host: settle(httpKeys, [http]).host } },
    warnings: [accounts, agents, bindings, hosts].flatMap(({ warnings }) => warnings),
    writtenSecrets: []
  }
  return {
    config,
    problems: [
      ...(file.imessage !== undefined && file.channels?.imessage !== undefined ? [twice] : []),
      ...stateDir.problems,
      ...accounts.problems,
      ...agents.problems,
      ...groupsWithoutAgent(section, path, agents.value.list),
      ...bindings.problems,
      ...openPermissions(agents.value.list, bindings.value, {
        permissions: (id) => [...pathOfAgent(file.agents ?? {}, id), "runtime", "permissions"],
        groups: (id) =>
          section.accounts?.[id]?.groups?.["*"]?.permissions === undefined
            ? [...path, "groups"]
            : [...path, "accounts", id, "groups"]
      }),
      ...people.problems,
      ...owners.problems,
      ...hosts.problems
    ]
  }
}

const decodeFile = Schema.decodeUnknownEither(ConfigFile, { errors: "all" })

/** Says a problem of a key once: what is wrong with its spelling or its variables comes before its value. */
const withoutRepeats = (first: ReadonlyArray<Problem>, then: ReadonlyArray<Problem>) => {
  const said = new Set(first.map(({ path }) => renderPath(path)))
  return [...first, ...then.filter(({ path }) => !said.has(renderPath(path)))]
}

const decodeObject = (
  whole: { readonly [key: string]: unknown },
  name: string,
  env: Env
): Either.Either<GatewayConfig, Problems> => {
  const { raw, stood } = withoutForeignBindings(whole)
  const inFile = (path: KeyPath): KeyPath => {
    const [section, at, ...rest] = path
    return section === "bindings" && typeof at === "number" ? [section, stood[at] ?? at, ...rest] : path
  }
  const { ignored, problems, secrets, value } = pick(ConfigFile.ast, raw, [], env)
  const resolved = decodeFile(value).pipe(
    Either.mapLeft(({ issue }) => problemsOf(issue)),
    Either.map((file) => resolve(file, name, env))
  )
  const all = withoutRepeats(
    problems,
    Either.match(resolved, { onLeft: (wrong) => wrong, onRight: (right) => right.problems })
  )
  return Arr.isNonEmptyReadonlyArray(all)
    ? Either.left(Arr.map(all, ({ message, path }) => ({ message, path: inFile(path) })))
    : Either.map(resolved, ({ config }) => ({
        ...config,
        warnings: [...ignoredKeys(ignored), ...config.warnings],
        writtenSecrets: secrets.map(renderPath)
      }))
}

const invalidOf = (file: string, problems: Problems): ConfigInvalid =>
  new ConfigInvalid({
    file,
    problems: Arr.map(problems, ({ message, path }) => new ConfigProblem({ path: renderPath(path), message }))
  })

/**
 * Decodes the text of a config file. `file` is its name for messages; of `env` the variables that the text names
 * are read, and `HOME` and `IMSG_GATEWAY_STATE_DIR`. Fails with every problem of the file at once.
 */
export const decode = (input: {
  readonly text: string
  readonly file: string
  readonly env: Env
}): Either.Either<GatewayConfig, ConfigInvalid> =>
  parse(input.text).pipe(
    Either.filterOrLeft(isObject, (value) => wholeFile(`expected an object; got ${show(value)}`)),
    Either.flatMap((whole) => decodeObject(whole, input.file, input.env)),
    Either.mapLeft((problems) => invalidOf(input.file, problems))
  )

/** The state folder of a file whose other keys may be wrong, as `decode` takes it; none where the text is no JSON5. */
export const stateDirIn = (input: Parameters<typeof decode>[0]): Either.Either<string, ConfigInvalid> =>
  parse(input.text).pipe(
    Either.map((whole) => (isObject(whole) && "stateDir" in whole ? { stateDir: whole.stateDir } : {})),
    Either.mapLeft((problems) => invalidOf(input.file, problems)),
    Either.flatMap((only) => decode({ ...input, text: JSON.stringify(only) })),
    Either.map(({ stateDir }) => stateDir)
  )
