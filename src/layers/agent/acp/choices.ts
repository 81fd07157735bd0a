/** What is chosen of what an agent offers: a model, and whether it may. Pure. */
import { Data } from "effect"
import type { Choice, ConfigOption, PermissionOption } from "./wire.ts"

export type ModelChoice = Data.TaggedEnum<{
  /** It is the model already. */
  Chosen: object
  Choose: { readonly configId: string; readonly value: string }
  /** The agent has no such model; `known` are those that it has, none where it offers no choice. */
  Unknown: { readonly known: ReadonlyArray<string> }
}>
export const ModelChoice = Data.taggedEnum<ModelChoice>()

const choicesOf = ({ options }: ConfigOption): ReadonlyArray<Choice> =>
  (options ?? []).flatMap((one) => ("options" in one ? one.options : [one]))

/** How a model is chosen in a session, by the agent's own name of it or by what it shows people. */
export const chooseModel = (
  wanted: string,
  options: ReadonlyArray<ConfigOption> | null | undefined
): ModelChoice => {
  const option = (options ?? []).find(({ category }) => category === "model")
  if (option === undefined) return ModelChoice.Unknown({ known: [] })
  const choices = choicesOf(option)
  const found =
    choices.find(({ value }) => value === wanted) ??
    choices.find(({ name, value }) => (name ?? value).toLowerCase() === wanted.toLowerCase())
  if (found === undefined) return ModelChoice.Unknown({ known: choices.map(({ value }) => value) })
  return found.value === option.currentValue
    ? ModelChoice.Chosen()
    : ModelChoice.Choose({ configId: option.id, value: found.value })
}

/** What a request for leave is answered with. */
export type Outcome =
  | { readonly outcome: "selected"; readonly optionId: string }
  | { readonly outcome: "cancelled" }

export const CANCELLED: Outcome = { outcome: "cancelled" }

/** Leave for this once, or none: what would hold from now on is never chosen. */
export const chooseOption = (isAllowed: boolean, options: ReadonlyArray<PermissionOption>): Outcome => {
  const find = (wanted: string) => options.find(({ kind }) => kind === wanted)
  const option = (isAllowed ? find("allow_once") : undefined) ?? find("reject_once")
  return option === undefined ? CANCELLED : { outcome: "selected", optionId: option.optionId }
}
