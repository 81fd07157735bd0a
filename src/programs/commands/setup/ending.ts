/** The last words of `setup`: what to do now. Pure. */
import type { Outcome, StepReport } from "./drive.ts"
import { ownerOf } from "./Known.ts"

const starting = ({ known: { file, service, wasRunning } }: Outcome): string => {
  if (service._tag === "Runs" || wasRunning) return "The gateway runs."
  if (service._tag === "Installed") return service.advice
  return `Start the gateway in this terminal: imsg-gateway --config ${file}`
}

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

/** For programs: each step with its state. */
export const inJson = ({ known, reports, stuck }: Outcome): string => {
  const steps: ReadonlyArray<StepReport> = reports
  return JSON.stringify(
    {
      ok: stuck === undefined,
      config: known.file,
      owner: ownerOf(known) ?? null,
      steps,
      ...(stuck === undefined
        ? {}
        : { error: { code: stuck.code, message: stuck.message, hint: stuck.hint } })
    },
    undefined,
    2
  )
}
