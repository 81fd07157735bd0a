/** `tokens create`, `list` and `revoke`: on the store, whether the gateway runs or not. */
import { Args, Command, Options } from "@effect/cli"
import { Clock, Console, Effect, type Option, Redacted, Schema } from "effect"
import { printSentence } from "../../../layers/terminal/TerminalConsole.ts"
import * as AccessTokensSql from "../../../layers/web/AccessTokensSql.ts"
import { type Grant, isAdmin, SCOPES, type Scope } from "../../../schemas/Grant.ts"
import { inWords } from "../../../schemas/inWords.ts"
import { type AccessToken, AccessTokens } from "../../../services/AccessTokens.ts"
import * as options from "./options.ts"
import { stateStore } from "./stateStore.ts"
import { table } from "./table.ts"

const NAME_LENGTH = 64

const tokenStore = (config: Option.Option<string>, begins = false) =>
  stateStore(config, AccessTokensSql.layer, { begins })

const json = (what: string) => Options.boolean("json").pipe(Options.withDescription(`Print ${what}.`))

const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2)

const name = Options.text("name").pipe(
  Options.withSchema(
    Schema.Trim.pipe(
      Schema.minLength(1),
      Schema.maxLength(NAME_LENGTH, {
        message: () => `expected --name with at most ${NAME_LENGTH} characters`
      })
    )
  ),
  Options.withDescription("Who or what it is for, as the list shows it: laptop, grafana."),
  Options.withDefault("unnamed")
)

const scopes = Options.choice("scope", SCOPES).pipe(
  Options.withDescription(
    "What it may do; can be given several times. chat: see, read and answer in the chats that the config admits. read: " +
      "see and read every chat. send: write to anybody. group: change groups, and make them. admin, as without this option: everything, the web page too."
  ),
  Options.repeated,
  Options.map((given): ReadonlyArray<Scope> => (given.length === 0 ? ["admin"] : given))
)

/** What a token that was just made is good for. */
const opens = (grant: Grant): string =>
  isAdmin(grant)
    ? "opens the web page and the interface over HTTP"
    : `has the ${grant.scopes.length === 1 ? "scope" : "scopes"} ${grant.scopes.join(" and ")}, over HTTP and MCP, and opens no page`

const create = Command.make(
  "create",
  { name, scopes, config: options.config, json: json("an object, the token in it") },
  ({ config, json, name, scopes }) =>
    Effect.gen(function* () {
      const { token, ...made } = yield* (yield* AccessTokens).create(name, scopes)
      const secret = Redacted.value(token)
      if (json) return yield* Console.log(asJson({ ...made, token: secret }))
      // The token alone on stdout, so that a script can take it.
      yield* Console.error(`Token ${made.number} (${made.name}) ${opens(made)}. It is shown this once:`)
      yield* Console.log(secret)
      // Often a token is made before the gateway is started for the first time.
    }).pipe(Effect.provide(tokenStore(config, true)))
).pipe(Command.withDescription("Makes a token for a browser or a program, and shows it once."))

const showList = (tokens: ReadonlyArray<AccessToken>, now: number): string =>
  tokens.length === 0
    ? "There are no tokens. `imsg-gateway tokens create` makes one."
    : table([
        ["ID", "NAME", "SCOPES", "MADE", "LAST USED"],
        ...tokens.map(({ createdAt, lastUsedAt, name, number, scopes }) => [
          String(number),
          name,
          scopes.length === 0 ? "none" : scopes.join(", "),
          `${inWords(now - createdAt)} ago`,
          lastUsedAt === undefined ? "never" : `${inWords(now - lastUsedAt)} ago`
        ])
      ])

const list = Command.make(
  "list",
  { config: options.config, json: json("an array of objects") },
  ({ config, json }) =>
    Effect.gen(function* () {
      const tokens = yield* (yield* AccessTokens).all
      const now = yield* Clock.currentTimeMillis
      yield* Console.log(json ? asJson(tokens) : showList(tokens, now))
    }).pipe(Effect.provide(tokenStore(config)))
).pipe(
  Command.withDescription(
    "Shows the tokens by their names, what each may do, and when it was last used; never the tokens."
  )
)

const id = Args.integer({ name: "ID" }).pipe(Args.withDescription("The token's id, as the list shows it."))

const revoke = Command.make("revoke", { id, config: options.config }, ({ config, id }) =>
  Effect.gen(function* () {
    const { name, number } = yield* (yield* AccessTokens).revoke(id)
    yield* printSentence(
      `Token ${number} (${name}) opens nothing any more, and browsers that signed in with it are signed out.`
    )
  }).pipe(Effect.provide(tokenStore(config)))
).pipe(Command.withDescription("Ends a token, and signs out the browsers that signed in with it."))

export const tokensCommand = Command.make("tokens").pipe(
  Command.withDescription("Tokens that open the web page, and the interface over HTTP and MCP."),
  Command.withSubcommands([create, list, revoke])
)
