/** Decodes the text of a config for tests, with a home folder and two variables in the environment. */
import { Either } from "effect"
import { decode } from "../../../src/schemas/config/decode.ts"

const env = { HOME: "/Users/me", NAME: "Ada", TOKEN: "hush-hush-0123456789-nobody-hears-it" }

/** The config of a text, or why there is none. */
export const decoded = (text: string, extra: { readonly [name: string]: string } = {}) =>
  decode({ text, file: "config.json5", env: { ...env, ...extra } })

/** The config of a valid text. */
export const config = (text: string, extra: { readonly [name: string]: string } = {}) =>
  Either.getOrThrowWith(decoded(text, extra), (invalid) => invalid)

/** One account of a valid text. */
export const account = (text: string, id = "default") => config(text).accounts.find((one) => one.id === id)

/** The problems of a text, each as `path: message`. */
export const problems = (
  text: string,
  extra: { readonly [name: string]: string } = {}
): ReadonlyArray<string> =>
  Either.match(decoded(text, extra), {
    onLeft: (invalid) => invalid.problems.map(({ message, path }) => `${path}: ${message}`),
    onRight: () => []
  })
