/** The last words of `setup`: what to do now. Pure. */

import { SetupStuck } from "../../../schemas/errors/setup.ts"
import type { Outcome, StepReport } from "./drive.ts"
import { isUp, ownerOf } from "./Known.ts"

const starting = ({ known }: Outcome): string => {
  const { file, service } = known
  if (service._tag === "Installed" && service.started) return service.advice
  if (isUp(known)) return "The gateway runs."
  return service._tag === "Installed"
    ? "The gateway does not run yet: what it needs stands above, under Service."
    : `Start the gateway in this terminal: imsg-gateway --config ${file}`
}

/** Why the gateway is not set up in the end, though each step came to an end. */
export const unfinished = ({ known, stuck }: Outcome): SetupStuck | undefined =>
  stuck === undefined && known.service._tag === "Installed" && !isUp(known)
    ? new SetupStuck({
        step: "Service",
        problem: known.service.detail,
        remedy: "Do what the step Service says, then run `imsg-gateway setup` again."
      })
    : stuck

/** What a person does next. */
export const lastWords = (outcome: Outcome): string => {
  const { known, reports } = outcome
  if (known.written === undefined) return "Nothing was written. Run `imsg-gateway setup` again when you like."
  const owner = ownerOf(known)
  const open = reports.filter(({ state }) => state === "left" || state === "by-hand")
  return [
    starting(outcome),
    owner === undefined
      ? "Then write to it from your phone: you get a code, and approve it with `imsg-gateway pairing approve imessage CODE`."
      : `Then write to it from ${owner}: it answers there. Others get a code, and you decide.`,
    ...(open.length === 0
      ? []
      : [`Still open: ${open.map(({ title }) => title).join(", ")}. \`imsg-gateway setup\` goes on with it.`])
  ].join("\n")
}

interface Told {
  readonly config: string
  readonly owner: string | null
  readonly steps: ReadonlyArray<StepReport>
  readonly refusal: { readonly code: string; readonly message: string; readonly hint: string } | undefined
}

const told = ({ refusal, ...rest }: Told): string => {
  const error =
    refusal === undefined
      ? {}
      : { error: { code: refusal.code, message: refusal.message, hint: refusal.hint } }
  return JSON.stringify({ ok: refusal === undefined, ...rest, ...error }, undefined, 2)
}

/** For programs, where no step was begun. */
export const refusedInJson = (config: string, refusal: Exclude<Told["refusal"], undefined>): string =>
  told({ config, owner: null, steps: [], refusal })

/** For programs: each step with its state. */
export const inJson = (outcome: Outcome): string => {
  const { known, reports } = outcome
  const owner = ownerOf(known) ?? null
  return told({ config: known.file, owner, steps: reports, refusal: unfinished(outcome) })
}
