/** Node against what package.json asks for. */
import manifest from "../../../package.json" with { type: "json" }
import { type Check, failed, ok } from "./Check.ts"

const PLACE = { id: "node", title: "Node" } as const

/** The oldest Node that the gateway runs on, as package.json has it: `>=20.19`. */
export const REQUIRED: string = manifest.engines.node

const numbersOf = (version: string): ReadonlyArray<number> => (version.match(/\d+/gu) ?? []).map(Number)

/** Whether a version (`v20.19.1`) is at least that of a range of the form `>=20.19`. */
export const satisfies = (version: string, range: string): boolean => {
  const own = numbersOf(version)
  const least = numbersOf(range)
  const at = least.findIndex((number, index) => own[index] !== number)
  return at === -1 || (own[at] ?? 0) > (least[at] ?? 0)
}

/** `version` is that of the running Node, `path` where it really lies. */
export const nodeCheck = (node: { readonly version: string; readonly path: string }): Check =>
  satisfies(node.version, REQUIRED)
    ? ok(PLACE, `${node.version}, ${node.path}`)
    : failed(
        PLACE,
        `${node.version} (${node.path}) is too old: ${REQUIRED} is needed`,
        "Install a newer Node (`brew install node`, or nodejs.org), and run `npm ci` again."
      )
