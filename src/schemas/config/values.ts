/** The kinds of value that a config file holds, each with the words that say what was expected. */
import { Either, Schema } from "effect"
import { RE2JS } from "re2js"
import { MessageService } from "../Target.ts"
import { tapbackOf } from "../tapback.ts"

/** Annotation: what is expected, as it stands in an error and in the documentation. */
export const ExpectedId = Symbol.for("imsg-gateway/config/Expected")

/**
 * Annotation: what is wrong with a text, where that can be said more closely than by what is expected. It goes on after
 * the path of the key, and shows nothing of a secret.
 */
export const WrongId = Symbol.for("imsg-gateway/config/Wrong")
export type Wrong = (text: string) => string | undefined

/** Annotation: the value is a secret, so an error names only its kind. */
export const SecretId = Symbol.for("imsg-gateway/config/Secret")

/** Annotation: the value is none, but a secret that got into its place must not be shown either. */
export const UnquotedId = Symbol.for("imsg-gateway/config/Unquoted")

/** What is said against a key of another gateway, by its value; nothing where it may be ignored. */
export type OtherKeys = ReadonlyMap<string, (value: unknown) => string | undefined>

/**
 * Annotation: keys of other gateways that may stand in this section. They are ignored although the section knows
 * its keys, or although they look like a misspelling of one.
 */
export const OtherKeysId = Symbol.for("imsg-gateway/config/OtherKeys")

/** Keys of other gateways: those to ignore whatever their value, and those that a value can be wrong for. */
export const otherKeys = (
  ignored: ReadonlyArray<string>,
  judged: { readonly [key: string]: (value: unknown) => string | undefined } = {}
): OtherKeys => new Map([...ignored.map((key) => [key, () => undefined] as const), ...Object.entries(judged)])

/**
 * Annotation: which values are another gateway's, whatever the schema says of the key. They are ignored as a key of
 * theirs is.
 */
export const OtherValuesId = Symbol.for("imsg-gateway/config/OtherValues")
export type OtherValues = (value: unknown) => boolean

const matching = (pattern: RegExp, expected: string) =>
  Schema.String.pipe(
    Schema.filter((text) => pattern.test(text), {
      [ExpectedId]: expected,
      jsonSchema: { type: "string", pattern: pattern.source }
    })
  )

const numeric = (accepts: (value: number) => boolean, expected: string, jsonSchema: object) =>
  Schema.Number.pipe(Schema.filter(accepts, { [ExpectedId]: expected, jsonSchema }))

/** A string that is more than white space. */
export const Text = matching(/\S/, "a non-empty string")

/** A tapback by its name, or as an emoji. */
export const Tapback = Schema.String.pipe(
  Schema.filter((reaction) => tapbackOf(reaction) !== undefined, {
    [ExpectedId]: "love, like, dislike, laugh, emphasize, question, or one emoji",
    jsonSchema: { type: "string" }
  })
)

/** A folder that does not depend on where the gateway was started: absolute, or below the home folder. */
export const Folder = matching(/^(\/|~$|~\/)/, "an absolute path, or one that starts with ~/")

/**
 * A folder that files may lie in, where `*` stands for the whole name of a folder. Other patterns are refused rather
 * than taken for names: who writes one means more than one folder.
 */
export const Root = matching(
  /^(?!.*\/\.{1,2}(?:\/|$).*\*)(?!.*\*.*\/\.{1,2}(?:\/|$))(?:~|~?(?:\/(?:\*|[^/*?]*))+)$/,
  "an absolute path, or one that starts with ~/, in which * may stand for the whole name of a folder (and neither ? nor ** nor *.x means anything)"
)

/** A host as ssh is given it; never read as an option. */
export const SshDestination = matching(/^[^-\s]\S*$/, "a host, or user@host")

/** The name of a variable of the environment, or the beginning of several names. */
export const VariableName = matching(
  /^[A-Za-z_][A-Za-z0-9_]*\*?$/,
  'the name of a variable, or the beginning of names and "*" (AWS_*)'
)

/** Annotation: which keys have secrets for values. */
export const SecretKeysId = Symbol.for("imsg-gateway/config/SecretKeys")
export type SecretKeys = (key: string) => boolean

const SECRET_NAME =
  /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL)S?(?:_|$)|(?:^|_)(?:PASS|AUTH)$|_PWD$/iu
/** What only says where a secret is, or whose. */
const OF_SECRET = /_(?:FILE|PATH|DIR|ID|NAME)$/iu

/** Whether a variable is, by its name, one that holds a secret. */
export const isSecretName: SecretKeys = (name) => SECRET_NAME.test(name) && !OF_SECRET.test(name)

/** Variables and their values. */
export const Variables = Schema.Record({ key: Schema.String, value: Schema.String }).annotations({
  [SecretKeysId]: isSecretName
})

/** The id of an agent or an account; a part of session keys, hence without colons and spaces. */
export const Id = matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'an id: a letter or digit, then up to 63 letters, digits, ".", "-" or "_"'
)

/** Services of Messages, at least one. */
export const MessageServices = Schema.NonEmptyArray(MessageService).annotations({
  [ExpectedId]: 'a list of "imessage" and "sms"'
})

/** A country, ISO 3166-1 alpha-2. */
export const Region = matching(/^[A-Za-z]{2}$/, "a two-letter country code such as US")

/** A larger one takes seconds for one long text: `(a{0,30}){0,30}` has 1900 steps, a list of twenty names 150. */
const LARGEST_PATTERN = 1000

const compiles = (pattern: string): boolean =>
  Either.match(
    Either.try(() => RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize()),
    { onLeft: () => false, onRight: (steps) => steps <= LARGEST_PATTERN }
  )

/** A regular expression of RE2, whose matching is linear in the text whatever the pattern. */
export const MentionPattern = Text.pipe(
  Schema.filter(compiles, {
    [ExpectedId]:
      "a regular expression of RE2 (no look-around, no back-references, no huge repetitions such as (a{0,30}){0,30})",
    jsonSchema: {}
  })
)

/** A whole number from `min` to `max`. */
export const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  numeric(
    (value) => Number.isSafeInteger(value) && value >= min && value <= max,
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${min}`
      : `a whole number from ${min} to ${max}`,
    { type: "integer", minimum: min, ...(max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max }) }
  )

/** A number above zero, fractions included. */
export const Positive = numeric((value) => Number.isFinite(value) && value > 0, "a number above 0", {
  type: "number",
  exclusiveMinimum: 0
})

/** A factor that does not shrink what it multiplies. */
export const Factor = numeric((value) => Number.isFinite(value) && value >= 1, "a number of at least 1", {
  type: "number",
  minimum: 1
})

/** The longest time that a timer of Node can wait, in ms: about 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647

/** A time in ms that a timer waits for, at least `min`. */
export const timerMs = (min: number) => whole(min, LONGEST_TIMER_MS)

/** A text that existing files also write as a number: a phone number or a chat id without quotes. */
export const TextOrNumber = Schema.Union(
  Text,
  Schema.transform(whole(0), Schema.String, { strict: true, decode: String, encode: Number })
).annotations({ [ExpectedId]: "a non-empty string" })

/** What a token needs so that it cannot be guessed: characters, and different ones among them. */
const TOKEN_LENGTH = 32
const TOKEN_VARIETY = 8

const isStrong = (token: string): boolean =>
  token.length >= TOKEN_LENGTH && new Set(token).size >= TOKEN_VARIETY

/** A secret that is all that keeps others out; it is kept out of logs, errors and status. */
export const Token = Schema.Redacted(
  Text.pipe(
    Schema.filter(isStrong, {
      jsonSchema: { type: "string", pattern: "\\S", minLength: TOKEN_LENGTH }
    })
  )
).annotations({
  [ExpectedId]: `a secret of at least ${TOKEN_LENGTH} characters, ${TOKEN_VARIETY} of them different, or none: \`imsg-gateway tokens create\` makes one that need not stand here`,
  [SecretId]: true
})

/** A secret whose form somebody else decides; it is kept out of logs, errors and status. */
export const Secret = Schema.Redacted(Text).annotations({
  [ExpectedId]: "a secret, a non-empty string",
  [SecretId]: true
})

/** Whether a header is, by its name, one that holds a secret. */
const isSecretHeader: SecretKeys = (name) =>
  isSecretName(name.replaceAll("-", "_")) || /^(?:proxy-)?authorization$|cookie/iu.test(name)

/** Headers of HTTP and their values, which are kept out of logs, errors and status. */
export const SecretHeaders = Schema.Record({
  key: matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header"),
  value: Schema.Redacted(Text)
}).annotations({ [SecretKeysId]: isSecretHeader })

/** An address of the web, without a fragment; in resolved configs without a slash at its end. */
export const Address = matching(
  /^https?:\/\/[^\s/?#]+[^\s#]*$/iu,
  "an address that starts with http:// or https://"
)

/** An address to which a path can be added. */
export const withoutSlash = (address: string): string => address.replace(/\/+$/u, "")

/** What a section holds that is shared with other gateways: keys of theirs, which are not read. */
export const foreign = Schema.Record({
  key: Schema.String,
  value: Schema.Unknown.annotations({ jsonSchema: { anyOf: [{}] } })
})

/** A key that may be left out. */
export type OptionalKey<A, I> = Schema.optionalWith<Schema.Schema<A, I>, { exact: true }>

/** A key that may be left out, and what then holds. */
export interface DefaultedKey<A, I> extends OptionalKey<A, I> {
  readonly fallback: A
}

/** A key that may be left out. `fallback` is what then holds; without it there is no default. */
export function option<A, I>(schema: Schema.Schema<A, I>, description: string): OptionalKey<A, I>
export function option<A, I>(
  schema: Schema.Schema<A, I>,
  description: string,
  fallback: NoInfer<A>
): DefaultedKey<A, I>
export function option<A, I>(schema: Schema.Schema<A, I>, description: string, fallback?: A) {
  const key = Schema.optionalWith(schema, { exact: true })
  return fallback === undefined
    ? key.annotations({ description })
    : Object.assign(key.annotations({ description, default: fallback }), { fallback })
}

/** A key that must be there. */
export const required = <A, I>(schema: Schema.Schema<A, I>, description: string) =>
  Schema.propertySignature(schema).annotations({ description })
