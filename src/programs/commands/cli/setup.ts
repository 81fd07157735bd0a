/** `setup`: from nothing to an answered message, by questions. */
import { Command, Options } from "@effect/cli"
import { Console, Effect, Option } from "effect"
import { SetupNotAsked } from "../../../schemas/errors/setup.ts"
import { childrenLive } from "../chats/accountChild.ts"
import { become, Manner } from "./Ending.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const given = (name: string, description: string) =>
  Options.text(name).pipe(Options.withDescription(description), Options.optional)

const flags = {
  config: options.config,
  yes: Options.boolean("yes").pipe(
    Options.withAlias("y"),
    Options.withDescription("Ask nothing and take what is usual. Exits 1 where something cannot be guessed.")
  ),
  imsg: given("imsg", "The command that runs imsg, or user@host of a Mac that is reached over SSH."),
  agent: given(
    "agent",
    "Who answers: ollama, lmstudio, openai, anthropic, openrouter, claude, codex, gemini, opencode or echo; with a model as " +
      "ollama:MODEL; by the Agent Client Protocol claude-acp, codex-acp, gemini-acp, opencode-acp, goose, cursor, copilot, qwen or kimi."
  ),
  owner: given("owner", "Your own phone number or email in Messages."),
  json: Options.boolean("json").pipe(
    Options.withDescription(
      "With --yes: print an object: {ok, config, owner, steps: [{id, title, state, detail}], error?}."
    )
  )
}

const isTerminal = Effect.sync(() => process.stdin.isTTY === true && process.stdout.isTTY === true)

/** Why nobody can be asked; nothing where somebody can, or where nobody is to be. */
const whyNot = (yes: boolean, json: boolean) =>
  Effect.map(isTerminal, (isTerminal): string | undefined => {
    if (yes) return undefined
    if (json) return "--json is for programs, which answer none"
    return isTerminal ? undefined : "this is no terminal"
  })

const WELCOME = `This sets up imsg-gateway: imsg, who answers, who you are, a config, and a service.
It looks at what is here first. Nothing is written before you say so; Ctrl-C ends it at any time.
`

export const setupCommand = Command.make("setup", flags, ({ config, json, yes, ...wanted }) =>
  Effect.gen(function* () {
    const why = yield* whyNot(yes, json)
    if (why !== undefined) return yield* new SetupNotAsked({ why })
    // All of it is loaded for this command only.
    const { askingNobody, atTerminal, STOPPED } = yield* Effect.promise(() => import("../setup/Asker.ts"))
    const { drive } = yield* Effect.promise(() => import("../setup/drive.ts"))
    const { inJson, lastWords, refusedInJson, unfinished } = yield* Effect.promise(
      () => import("../setup/ending.ts")
    )
    const { fileMeant, lookAround } = yield* Effect.promise(() => import("../setup/look.ts"))
    yield* become(Manner.Task({ hint: STOPPED }))
    const asker = yes ? askingNobody(json ? () => Effect.void : atTerminal.say) : atTerminal
    if (!yes) yield* asker.say(WELCOME)
    const wishes = {
      yes,
      imsg: Option.getOrUndefined(wanted.imsg),
      agent: Option.getOrUndefined(wanted.agent),
      owner: Option.getOrUndefined(wanted.owner)
    }
    const file = yield* configFile(config)
    const known = yield* Effect.tapError(lookAround(wishes, file), (error) =>
      json
        ? Effect.flatMap(fileMeant(file), (meant) => Console.log(refusedInJson(meant, error)))
        : Effect.void
    )
    const outcome = yield* drive(asker, known)
    if (json) yield* Console.log(inJson(outcome))
    if (outcome.stuck === undefined) yield* asker.say(`\n${lastWords(outcome)}`)
    const stuck = unfinished(outcome)
    if (stuck !== undefined) return yield* stuck
  }).pipe(Effect.provide(childrenLive))
).pipe(
  Command.withDescription(
    "Sets the gateway up by questions, from nothing to an answered message; run again it goes on with what is missing."
  )
)
