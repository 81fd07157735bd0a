/** Walks through the steps: each is decided, asked and done, until there is nothing more to do about it. */
import type { FileSystem, Path, Terminal } from "@effect/platform"
import { Effect, Option } from "effect"
import type { Interrupted } from "../../../schemas/errors/interrupted.ts"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import { showCheck } from "../doctor/report.ts"
import type { Asker, Question } from "./Asker.ts"
import { act } from "./act.ts"
import { STEPS, type Step, type StepId } from "./decisions.ts"
import { forget } from "./forget.ts"
import type { Known } from "./Known.ts"
import { lookAgain } from "./look.ts"
import { Need } from "./Need.ts"

/** How a step ended. `left` is what a person has left for later. */
export interface StepReport {
  readonly id: StepId
  readonly title: string
  readonly state: "done" | "skipped" | "left" | "by-hand" | "failed"
  readonly detail: string
}

interface Walked {
  readonly known: Known
  readonly report: StepReport
}

const MARKS: { readonly [state in StepReport["state"]]: string } = {
  done: "✓",
  skipped: "-",
  left: "-",
  "by-hand": "!",
  failed: "✗"
}

export const reportLine = ({ detail, state, title }: StepReport): string =>
  `${MARKS[state]} ${title}: ${state === "left" ? `left for later; ${detail}` : detail}`

type Needed =
  | Effect.Effect.Context<ReturnType<typeof act>>
  | Effect.Effect.Context<ReturnType<typeof lookAgain>>
  | Terminal.Terminal
  | FileSystem.FileSystem
  | Path.Path

const AGAIN = "`imsg-gateway setup` goes on with it"

/** A step that waits is one that is stuck where nobody waits. */
const waiting = (title: string, { checks }: Extract<Need, { readonly _tag: "Wait" }>): SetupStuck => {
  const [check] = checks
  return new SetupStuck({
    step: title,
    problem: check?.detail ?? "a check failed",
    remedy: check?.remedy ?? "`imsg-gateway doctor` says more."
  })
}

/** Walks one step to its end. `shown` is what was said of a wait, so that it is said once. */
const walk = (asker: Asker, step: Step) => {
  const { id, title } = step
  const ended = (known: Known, state: StepReport["state"], detail: string): Walked => ({
    known,
    report: { id, title, state, detail }
  })

  const left = (known: Known, detail: string): Walked => ended(forget(id, known), "left", detail)

  const doing = (known: Known, answer: string, shown: string) =>
    act(id, title, known, answer).pipe(
      Effect.flatMap((next) => go(next, shown)),
      Effect.catchTag("SetupStuck", (stuck) => onward(known, stuck, shown))
    )

  const onward = (known: Known, stuck: SetupStuck, shown: string): ReturnType<typeof go> =>
    Effect.flatMap(asker.onward(stuck), (next) =>
      next === "again"
        ? Effect.flatMap(lookAgain(id, forget(id, known)), (now) => go(now, shown))
        : Effect.succeed(left(known, AGAIN))
    )

  const asking = (known: Known, question: Question, shown: string) =>
    Effect.flatMap(
      asker.ask(title, question),
      Option.match({
        onNone: () => Effect.succeed(left(known, AGAIN)),
        onSome: (answer) =>
          question._tag === "Offer"
            ? Effect.zipRight(asker.say(`  ${question.doing}`), doing(known, answer, shown))
            : doing(known, answer, shown)
      })
    )

  const awaiting = (known: Known, need: Extract<Need, { readonly _tag: "Wait" }>, shown: string) =>
    Effect.gen(function* () {
      const text = need.checks.map((check) => showCheck(check, { colours: false })).join("\n")
      if (text !== shown) {
        yield* asker.say(
          `${text}\n  It is looked at every three seconds. Enter looks at once, l leaves it for later, Ctrl-C ends setup.`
        )
      }
      const next = yield* asker.wait(waiting(title, need))
      return next === "again" ? yield* doing(known, "", text) : left(known, waiting(title, need).problem)
    })

  const go = (known: Known, shown: string): Effect.Effect<Walked, SetupStuck | Interrupted, Needed> =>
    Need.$match(step.decide(known), {
      Done: ({ detail }) => Effect.succeed(ended(known, "done", detail)),
      Skip: ({ reason }) => Effect.succeed(ended(known, "skipped", reason)),
      Later: ({ detail }) => Effect.succeed(left(known, detail)),
      ByHand: ({ detail, lines }) => Effect.succeed(ended(known, "by-hand", `${detail}\n${lines}`)),
      Given: ({ answer, doing: what }) =>
        Effect.zipRight(what === "" ? Effect.void : asker.say(`  ${what}`), doing(known, answer, shown)),
      Choose: (question) => asking(known, question, shown),
      Ask: (question) => asking(known, question, shown),
      Offer: (question) => asking(known, question, shown),
      Wait: (need) => awaiting(known, need, shown),
      Stuck: ({ problem, remedy }) => onward(known, new SetupStuck({ step: title, problem, remedy }), shown)
    })

  return (known: Known) => go(known, "")
}

/** What came of it all. `stuck` is why it ended before its end. */
export interface Outcome {
  readonly known: Known
  readonly reports: ReadonlyArray<StepReport>
  readonly stuck?: SetupStuck
}

/** One step more. After one that is stuck nothing is done any more. */
const further = (asker: Asker, { known, reports, stuck }: Outcome, step: Step) => {
  const { id, title } = step
  const before = reports.filter((report) => report.id !== id)
  const after = (report: StepReport, now: Known) =>
    Effect.as(asker.say(reportLine(report)), { known: now, reports: [...before, report] })
  if (stuck !== undefined) return Effect.succeed<Outcome>({ known, reports, stuck })
  return walk(
    asker,
    step
  )(known).pipe(
    Effect.flatMap((walked): Effect.Effect<Outcome> => after(walked.report, walked.known)),
    Effect.catchTag("SetupStuck", (failure) =>
      Effect.map(
        after({ id, title, state: "failed", detail: failure.problem }, known),
        (outcome): Outcome => ({ ...outcome, stuck: failure })
      )
    )
  )
}

/** Those that are walked when a person goes back to one: it, and what was not left by them and may depend on it. */
const fromThere = (id: string, { reports }: Outcome): ReadonlyArray<Step> => {
  const at = STEPS.findIndex((step) => step.id === id)
  return STEPS.filter(
    (step, index) =>
      step.id === id ||
      (index > at && reports.some((report) => report.id === step.id && report.state !== "left"))
  )
}

const walkAll = (asker: Asker, steps: ReadonlyArray<Step>, from: Outcome) =>
  Effect.reduce(steps, from, (outcome, step) => further(asker, outcome, step))

/** All steps in their order, and then those that were left, for as long as a person goes back to one. */
export const drive = (asker: Asker, known: Known) => {
  const comeBack = (outcome: Outcome): Effect.Effect<Outcome, SetupStuck | Interrupted, Needed> =>
    Effect.gen(function* () {
      const left = outcome.reports.filter(({ state }) => state === "left")
      if (left.length === 0 || outcome.stuck !== undefined) return outcome
      const chosen = yield* asker.backTo(left)
      const step = left.find(({ id }) => id === chosen)
      if (step === undefined) return outcome
      const known = yield* lookAgain(step.id, outcome.known)
      return yield* comeBack(yield* walkAll(asker, fromThere(step.id, outcome), { ...outcome, known }))
    })
  return Effect.flatMap(walkAll(asker, STEPS, { known, reports: [] }), comeBack)
}
