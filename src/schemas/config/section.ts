/** Sections whose keys stand once: the type, the defaults and the layers of each are made of the same declaration. */
import { Schema, type Types } from "effect"
import { isObject } from "./keys.ts"

type Key = Schema.PropertySignature.All & { readonly fallback?: unknown; readonly keys?: Keys }

/** What is declared: keys with a default or without, and sections of further keys. */
interface Keys {
  readonly [name: PropertyKey]: Key
}

type Section<F extends Keys> = Schema.optionalWith<Schema.Struct<F>, { exact: true }> & { readonly keys: F }

/** What always has a value once it is settled. */
type Certain = { readonly fallback: unknown } | { readonly keys: Keys }

type Said<F extends Keys, K extends keyof F> = F[K] extends { readonly keys: infer G extends Keys }
  ? Settled<G>
  : Required<Schema.Struct.Type<F>>[K & keyof Schema.Struct.Type<F>]

/** What a section comes to: a key is absent only where it has no default. */
export type Settled<F extends Keys> = Types.Simplify<
  { readonly [K in keyof F as F[K] extends Certain ? K : never]: Said<F, K> } & {
    readonly [K in keyof F as F[K] extends Certain ? never : K]?: Said<F, K>
  }
>

/** A key whose value has keys of its own, each with its default. */
export const section = <F extends Keys>(identifier: string, description: string, keys: F): Section<F> =>
  Object.assign(
    Schema.optionalWith(Schema.Struct(keys).annotations({ identifier }), { exact: true }).annotations({
      description
    }),
    { keys }
  )

/** The paths of the sections among keys, and of those in them. */
export const sectionsIn = (keys: Keys, prefix = ""): ReadonlyArray<string> =>
  Object.entries(keys).flatMap(([name, { keys }]) =>
    keys === undefined ? [] : [`${prefix}${name}`, ...sectionsIn(keys, `${prefix}${name}.`)]
  )

/** What keys come to by what is said of them: the first that says anything of a key counts, then its default. */
export const settle = <F extends Keys>(
  keys: F,
  said: ReadonlyArray<{ readonly [name: string]: unknown } | undefined>
): Settled<F> =>
  Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]) => {
      const values = said.map((one) => one?.[name])
      const value =
        key.keys === undefined
          ? (values.find((one) => one !== undefined) ?? key.fallback)
          : settle(key.keys, values.filter(isObject))
      return value === undefined ? [] : [[name, value]]
    })
  ) as Settled<F>
