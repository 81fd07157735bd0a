/** What the steps of `setup` do, once they have their answer. */
import { Effect, Option, Redacted } from "effect"
import { makeCode } from "../../../layers/codes/makeCode.ts"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import { configText } from "./configText.ts"
import { GREETING, type StepId } from "./decisions.ts"
import { examine, handleIn, takeImsg } from "./imsg.ts"
import { type Known, ownerOf } from "./Known.ts"
import { readWritten } from "./look.ts"
import { offerNamed } from "./offers.ts"
import { greet, sendCode } from "./send.ts"
import { installService } from "./service.ts"
import { writeConfig } from "./writeConfig.ts"

/** How often a code may be wrong before another is sent. */
const TRIES = 3

const withModel = (runtime: { readonly [key: string]: unknown }, model: string | undefined) =>
  model === undefined ? runtime : { ...runtime, model }

/** An offer first, and then its model where there is one to choose. */
const takeAgent = (known: Known, answer: string): Known => {
  if (known.offer !== undefined) {
    const { name, runtime } = known.offer
    return { ...known, agent: { title: `${answer} (${name})`, runtime: withModel(runtime, answer) } }
  }
  const named = offerNamed(known.offers, answer)
  if (named === undefined) return known
  const { model, offer } = named
  const isChosen = known.wishes.agent !== undefined || model === undefined || offer.models.length === 1
  return isChosen
    ? {
        ...known,
        agent: {
          title: model === undefined ? offer.title : `${model} (${offer.name})`,
          runtime: withModel(offer.runtime, model)
        }
      }
    : { ...known, offer }
}

/** Codes are read in any case, and with whatever stands between their letters. */
const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/gu, "")

const checkCode = (known: Known, answer: string) =>
  Effect.gen(function* () {
    const { owner } = known
    if (owner?._tag !== "Asked") return known
    if (plain(answer) === Redacted.value(owner.code)) {
      return { ...known, owner: { _tag: "Proved", handle: owner.handle } } satisfies Known
    }
    const wrong = owner.wrong + 1
    const isOver = wrong >= TRIES
    // Another code for the same handle, or for another: whoever guesses has three guesses a code.
    return {
      ...known,
      owner: isOver ? undefined : { ...owner, wrong },
      wishes: isOver ? { ...known.wishes, owner: undefined } : known.wishes
    } satisfies Known
  })

const takeOwner = (known: Known, answer: string) =>
  Effect.gen(function* () {
    if (known.owner?._tag === "Asked") return yield* checkCode(known, answer)
    const handle = yield* handleIn(known, answer)
    if (known.wishes.yes) return { ...known, owner: { _tag: "Named", handle } } satisfies Known
    const code = yield* Effect.sync(makeCode)
    yield* sendCode(known, handle, code)
    return {
      ...known,
      owner: { _tag: "Asked", handle, code: Redacted.make(code), wrong: 0 }
    } satisfies Known
  })

const write = (known: Known) =>
  Effect.gen(function* () {
    const text = configText({ cliPath: known.imsg ?? "imsg", agent: known.agent, owner: ownerOf(known) })
    // Nothing is written that the gateway could not read.
    yield* ConfigFile.decode({ text, file: known.file, env: process.env })
    yield* writeConfig(known.file, text)
    return { ...known, written: yield* readWritten(known.file), isNew: true } satisfies Known
  })

const tryAgent = (known: Known) =>
  Effect.gen(function* () {
    const { askOnce } = yield* Effect.promise(() => import("../agent/askOnce.ts"))
    const { askingLive } = yield* Effect.promise(() => import("../agent/askingLive.ts"))
    const tried = yield* askOnce({ text: GREETING, agent: undefined, files: [] }).pipe(
      Effect.provide(askingLive),
      Effect.provide(ConfigFile.layer(Option.some(known.file)))
    )
    if (tried.error !== undefined) {
      return yield* new SetupStuck({ step: "Answer", problem: tried.error.report, remedy: tried.error.hint })
    }
    return { ...known, tried } satisfies Known
  })

const sayHello = (known: Known) =>
  Effect.gen(function* () {
    const handle = ownerOf(known)
    if (handle === undefined) return known
    yield* greet(known, handle)
    return { ...known, greeted: handle } satisfies Known
  })

const acting = (step: StepId, known: Known, answer: string) =>
  Effect.gen(function* () {
    switch (step) {
      case "imsg":
        return yield* takeImsg(known, answer)
      case "permissions":
        return yield* examine(known)
      case "agent":
        return takeAgent(known, answer)
      case "owner":
        return yield* takeOwner(known, answer)
      case "config":
        return yield* write(known)
      case "answer":
        return yield* tryAgent(known)
      case "service":
        return { ...known, service: yield* installService(known.file) } satisfies Known
      case "hello":
        return yield* sayHello(known)
    }
  })

/** Carries out a step with its answer. */
export const act = (step: StepId, title: string, known: Known, answer: string) =>
  Effect.mapError(acting(step, known, answer), (error) =>
    error._tag === "SetupStuck"
      ? error
      : new SetupStuck({ step: title, problem: error.message, remedy: error.hint })
  )
