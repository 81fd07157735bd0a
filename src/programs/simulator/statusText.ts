import type { Build } from "./Build.ts"
import type { BridgeState } from "./bridge/BridgeState.ts"
import { supportedMethods, usableMethods } from "./methods.ts"

const STATES = {
  off: "not running",
  on: "running",
  stale: "running, of another version of imsg"
} as const

/** What there is on a Mac, a line each: the build, its bridge, and the methods that work and that do not. */
export const statusText = (build: Build, bridge: BridgeState): string => {
  const usable = usableMethods(build, { bridge, hasDatabase: true })
  const unusable = supportedMethods(build).filter((method) => !usable.includes(method))
  return [
    `imsg ${build.version}, macOS ${bridge.macos}`,
    `private bridge: ${STATES[bridge.state]}`,
    ...(bridge.without.length > 0 ? [`without: ${bridge.without.join(", ")}`] : []),
    `usable: ${usable.join(", ")}`,
    ...(unusable.length === 0 ? [] : [`not usable: ${unusable.join(", ")}`])
  ].join("\n")
}
