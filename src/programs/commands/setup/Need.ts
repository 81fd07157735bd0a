/** What a step needs, as far as is known: the decision that the driver carries out. */
import { Data } from "effect"
import type { Check } from "../doctor/Check.ts"

interface Choice {
  readonly value: string
  readonly title: string
}

export type Need = Data.TaggedEnum<{
  /** There is nothing to do. */
  Done: { readonly detail: string }
  /** It cannot be done here, or not before something else. */
  Skip: { readonly reason: string }
  /** It has its time once something else is done, outside of setup. */
  Later: { readonly detail: string }
  /** The person has to do it themselves. */
  ByHand: { readonly detail: string; readonly lines: string }
  /** The answer is known already: it was given on the command line, or there is only one. */
  Given: { readonly answer: string; readonly doing: string }
  /** `usual` is taken where nobody is asked; where there is none, `lacking` says what to do. */
  Choose: { readonly question: string; readonly choices: ReadonlyArray<Choice>; readonly usual: string }
  Ask: {
    readonly question: string
    readonly usual: string | undefined
    readonly lacking: { readonly problem: string; readonly remedy: string }
  }
  /** Something that may be done. */
  Offer: { readonly question: string; readonly about: string; readonly doing: string }
  /** The person has to grant something; it is looked at again and again. */
  Wait: { readonly checks: ReadonlyArray<Check> }
  /** It cannot go on like this. */
  Stuck: { readonly problem: string; readonly remedy: string }
}>
export const Need = Data.taggedEnum<Need>()
