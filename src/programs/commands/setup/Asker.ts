/** Whom `setup` asks: a person at a terminal, or nobody. */
import { Prompt } from "@effect/cli"
import type { FileSystem, Path } from "@effect/platform"
import { Terminal } from "@effect/platform"
import { Console, Effect, Option } from "effect"
import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import { Interrupted } from "../../../schemas/errors/interrupted.ts"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import type { Need } from "./Need.ts"

/** What can be asked. */
export type Question = Extract<Need, { readonly _tag: "Choose" | "Ask" | "Offer" }>

type Asking<A> = Effect.Effect<
  A,
  SetupStuck | Interrupted,
  Terminal.Terminal | FileSystem.FileSystem | Path.Path
>

/** What a person does about what they wait for, or about what went wrong. */
export type Onward = "again" | "leave"

export interface Asker {
  readonly say: (text: string) => Effect.Effect<void>
  /** None is to leave it for now. */
  readonly ask: (title: string, question: Question) => Asking<Option.Option<string>>
  /** After a while, or as soon as a person wants it: again. */
  readonly wait: (problem: SetupStuck) => Asking<Onward>
  /** Something went wrong. */
  readonly onward: (problem: SetupStuck) => Asking<Onward>
  /** Which of the steps that were left is taken up; none for none. */
  readonly backTo: (left: ReadonlyArray<{ readonly id: string; readonly title: string }>) => Asking<string>
}

export const STOPPED =
  "What setup had written stays, and nothing else was changed. Run it again: it goes on with what is missing."

const stopped = () => new Interrupted({ by: "SIGINT", hint: STOPPED })

const NONE = ""
/** How long a grant is waited for before it is looked at again. */
const AGAIN_AFTER = "3 seconds"

const run = <A>(prompt: Prompt.Prompt<A>) => Effect.mapError(Prompt.run(prompt), stopped)

const LATER = { title: "Leave this for later", value: NONE }

/** A last line of a question stands beside what is typed; those before it are said. */
const promptOf = (
  question: Question
): { readonly before: string; readonly prompt: Prompt.Prompt<string> } => {
  const lines = question.question.split("\n")
  const message = oneLine(lines.at(-1) ?? "")
  const before = lines.slice(0, -1).join("\n")
  switch (question._tag) {
    case "Choose":
      return {
        before,
        prompt: Prompt.select({
          message,
          choices: [...question.choices.map(({ title, value }) => ({ title: oneLine(title), value })), LATER]
        })
      }
    case "Ask":
      return {
        before,
        prompt: Prompt.text({
          message: question.usual === undefined ? `${message} (- leaves it for later)` : message,
          ...(question.usual === undefined ? {} : { default: question.usual })
        })
      }
    case "Offer":
      return {
        before: [before, question.about].filter((line) => line !== "").join("\n"),
        prompt: Prompt.map(Prompt.confirm({ message, initial: true }), (isWanted) =>
          isWanted ? "yes" : NONE
        )
      }
  }
}

const say = (text: string) => Console.log(harmless(text))

/** Enter looks at once, `l` leaves it; Ctrl-C stops. */
const keys = Effect.gen(function* () {
  const terminal = yield* Terminal.Terminal
  const input = yield* terminal.readInput
  const next: Effect.Effect<Onward, Interrupted> = Effect.mapError(input.take, stopped).pipe(
    Effect.flatMap(({ key }) => {
      if (key.ctrl && (key.name === "c" || key.name === "d")) return Effect.fail(stopped())
      if (key.name === "return" || key.name === "enter") return Effect.succeed<Onward>("again")
      return key.name === "l" ? Effect.succeed<Onward>("leave") : next
    })
  )
  return yield* next
}).pipe(Effect.scoped)

export const atTerminal: Asker = {
  say,
  ask: (_title, question) =>
    Effect.gen(function* () {
      const { before, prompt } = promptOf(question)
      if (before !== "") yield* say(before)
      const answer = yield* run(prompt)
      // An empty line is an answer only where it was asked for: to look again.
      const isLeft = question._tag === "Ask" ? answer.trim() === "-" : answer === NONE
      return isLeft ? Option.none() : Option.some(answer)
    }),
  wait: () => Effect.raceFirst(keys, Effect.as(Effect.sleep(AGAIN_AFTER), "again" as const)),
  onward: ({ hint, message }) =>
    Effect.gen(function* () {
      yield* say(`✗ ${message}\n  → ${hint}`)
      return yield* run(
        Prompt.select<Onward>({
          message: "What now?",
          choices: [
            { title: "Try again", value: "again" },
            { title: LATER.title, value: "leave" }
          ]
        })
      )
    }),
  backTo: (left) =>
    run(
      Prompt.select({
        message: "Some steps were left. Go back to one?",
        choices: [
          { title: "No, that is all for now", value: NONE },
          ...left.map(({ id, title }) => ({ title, value: id }))
        ]
      })
    )
}

/** Takes what is usual, and fails where there is nothing usual, or where something goes wrong. */
export const askingNobody = (say: Asker["say"]): Asker => ({
  say,
  ask: (step, question) => {
    if (question._tag === "Offer") return Effect.succeedSome("yes")
    if (question._tag === "Choose") return Effect.succeedSome(question.usual)
    if (question.usual !== undefined) return Effect.succeedSome(question.usual)
    const { problem, remedy } = question.lacking
    return new SetupStuck({ step, problem, remedy })
  },
  wait: (problem) => Effect.fail(problem),
  onward: (problem) => Effect.fail(problem),
  backTo: () => Effect.succeed(NONE)
})
