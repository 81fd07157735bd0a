/** Node against what package.json asks for. */
import { Option } from "effect"
import manifest from "../../../../package.json" with { type: "json" }
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

export interface RunningNode {
  readonly version: string
  /** Where it really lies. */
  readonly path: string
  /** Why it has no SQLite, where it has none: a Node before 22.13 needs a module for it. */
  readonly withoutSqlite: Option.Option<string>
}

export const nodeCheck = ({ path, version, withoutSqlite }: RunningNode): Check => {
  if (!satisfies(version, REQUIRED)) {
    return failed(
      PLACE,
      `${version} (${path}) is too old: ${REQUIRED} is needed`,
      "Install a newer Node (`brew install node`, or nodejs.org)."
    )
  }
  return Option.match(withoutSqlite, {
    onNone: () => ok(PLACE, `${version}, ${path}`),
    onSome: (detail) =>
      failed(
        PLACE,
        `${version} (${path}): ${detail}`,
        "Use Node 22.13 or later, which has it built in, or run `npm ci` in the gateway's folder."
      )
  })
}
