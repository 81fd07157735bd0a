/** What a child can do now beside reading and sending: what its private bridge offers. It changes while the child lives. */
import { BridgeMethods } from "./BridgeMethods.ts"
import type { Method } from "./ImsgMethod.ts"
import type { Status } from "./ImsgProtocol.ts"

/** `ready`: there is one, and it works; `absent`: there is none; `broken`: there should be one, and `error` says what it lacks. */
type BridgeState = "ready" | "absent" | "broken"

export interface Capabilities {
  readonly bridge: BridgeState
  readonly bridgeVersion: string | undefined
  /** What is wrong with the bridge, in imsg's words. */
  readonly error: string | undefined
  /** What can be asked for now. */
  readonly methods: ReadonlySet<string>
  /** What a method does beyond its first form, by name and version (`tapback.emoji`). */
  readonly features: ReadonlyMap<string, number>
}

/** Of a child that has said nothing of itself. */
export const NO_CAPABILITIES: Capabilities = {
  bridge: "absent",
  bridgeVersion: undefined,
  error: undefined,
  methods: new Set(),
  features: new Map()
}

/** Always listed on macOS, whether they can work or not. */
const LISTED_ANYWAY: ReadonlySet<string> = new Set(["typing", "read"])

/** What a child says of itself, from 0.14 on. */
export const capabilitiesOf = ({ bridge, capabilities, methods }: Status): Capabilities => {
  const isReady = bridge?.ready ?? false
  const error = typeof bridge?.error === "string" ? bridge.error : bridge?.error?.message
  const version = bridge?.bridge_version
  return {
    bridge: isReady ? "ready" : error === undefined || version === undefined ? "absent" : "broken",
    bridgeVersion: version === undefined ? undefined : String(version),
    error,
    methods: new Set((methods ?? []).filter((name) => isReady || !LISTED_ANYWAY.has(name))),
    features: new Map(Object.entries(capabilities?.features ?? {}))
  }
}

/** Whether a child can be asked for something now. */
export const can = <P, A, I>({ methods }: Capabilities, { name }: Method<P, A, I>): boolean =>
  methods.has(name)

const BRIDGED: ReadonlySet<string> = new Set(Object.values(BridgeMethods).map(({ name }) => name))

/** What is left of it once a child has refused something for want of its bridge, until it says otherwise. */
export const withoutBridge = (capabilities: Capabilities): Capabilities => ({
  ...capabilities,
  bridge: "absent",
  methods: new Set([...capabilities.methods].filter((name) => !BRIDGED.has(name)))
})
