/** What `setup` knows: what it was told, what it has found, and what has come of its steps. */
import type { Redacted } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { Tried } from "../agent/Tried.ts"
import type { Check } from "../doctor/Check.ts"
import type { ChosenAgent } from "./configText.ts"
import type { Offer } from "./offers.ts"

/** What was asked for on the command line. */
export interface Wishes {
  /** Nobody is asked: what is usual is taken. */
  readonly yes: boolean
  readonly imsg: string | undefined
  readonly agent: string | undefined
  readonly owner: string | undefined
}

/** A config file that was there before. */
export interface Written {
  readonly config: GatewayConfig
  /** Whether it names an agent; without one an echo answers. */
  readonly hasAgents: boolean
}

/** Who the owner is, and how far it is proved. */
type Owner =
  | {
      readonly _tag: "Asked"
      readonly handle: string
      readonly code: Redacted.Redacted<string>
      readonly wrong: number
    }
  | { readonly _tag: "Proved"; readonly handle: string }
  /** By `--owner`, with nobody there to type a code. */
  | { readonly _tag: "Named"; readonly handle: string }

/** What is known of the service. */
export type Service =
  | { readonly _tag: "Runs" }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Impossible"; readonly reason: string }
  | {
      readonly _tag: "Installed"
      readonly detail: string
      readonly advice: string
      readonly started: boolean
    }

export interface Known {
  readonly wishes: Wishes
  readonly platform: NodeJS.Platform
  /** The config file that is meant, absolute. */
  readonly file: string
  readonly written: Written | undefined
  /** Whether this run has written it. */
  readonly isNew: boolean
  /** Whether a gateway runs on it, as it was when this was looked at last. */
  readonly gatewayRuns: boolean
  readonly offers: ReadonlyArray<Offer>
  /** Where `imsg` was found by itself. */
  readonly found: string | undefined
  /** The command of `imsg`. */
  readonly imsg: string | undefined
  readonly checks: ReadonlyArray<Check> | undefined
  readonly offer: Offer | undefined
  readonly agent: ChosenAgent | undefined
  readonly owner: Owner | undefined
  readonly tried: Tried | undefined
  readonly service: Service
  /** To whom "I am here" was said. */
  readonly greeted: string | undefined
}

/** Whether a gateway runs that answers who writes: one that is started later begins with what comes after that. */
export const isUp = ({ gatewayRuns, service }: Known): boolean =>
  gatewayRuns || service._tag === "Runs" || (service._tag === "Installed" && service.started)

/** The owner, once it stands who that is. */
export const ownerOf = ({ owner, written }: Known): string | undefined => {
  const [named] = written?.config.owners ?? []
  return named ?? (owner === undefined || owner._tag === "Asked" ? undefined : owner.handle)
}
