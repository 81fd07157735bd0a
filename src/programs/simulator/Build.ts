import { ParseResult, Schema } from "effect"

/** The three numbers of a version. */
const Release = Schema.Tuple(Schema.Int, Schema.Int, Schema.Int)
export type Release = typeof Release.Type

/** What a build of imsg does differently from others. */
export const Build = Schema.Struct({
  /** As `status` reports it, such as `0.15.0`. */
  version: Schema.String,
  release: Release,
  /** Unknown keys and wrong types are refused, and reads overtake a slow send (from 0.14). */
  strict: Schema.Boolean,
  /** Sends go over the private bridge by themselves where one runs (from 0.8.1). */
  sendsOverBridge: Schema.Boolean,
  /** A send can be a reply, and have styles (from 0.12). */
  hasReplies: Schema.Boolean,
  /** A message says of which poll it is, and what it does to it (from 0.10). */
  hasPolls: Schema.Boolean,
  /** A poll goes out with a second message that has its question (from 0.12.3). */
  captionsPolls: Schema.Boolean,
  /** That second message can be left out (from 0.13.4). */
  canSuppressCaptions: Schema.Boolean,
  /** `status` says what the build is, and which features it has (from 0.15). */
  hasCapabilities: Schema.Boolean,
  hasCursor: Schema.Boolean,
  /** A link preview is folded into its message, and the live watch holds new rows in which one may be (from 0.13). */
  foldsPreviews: Schema.Boolean,
  /** The watch waits for the chat of a row that has none yet, and skips it in the end (from 0.10). */
  waitsForChat: Schema.Boolean,
  /** Messages say by which of the account's own handles they went (from 0.5). */
  hasDestination: Schema.Boolean,
  /** Messages say whether their chat is a group, what it is called, and who is in it (from 0.5). */
  hasChatDetails: Schema.Boolean,
  /** Messages say what the one was that they reply to, and not only which (from 0.5). */
  hasQuotations: Schema.Boolean,
  /** How a missing Full Disk Access shows: text on stdout and exit 1, every request refused, or per method. */
  denial: Schema.Literal("banner", "every-request", "per-method")
})
export type Build = typeof Build.Type

const VERSION = /^(\d+)\.(\d+)(?:\.(\d+))?$/

const since = ([major, minor, patch]: Release, [fromMajor, fromMinor, fromPatch]: Release) =>
  major !== fromMajor ? major > fromMajor : minor !== fromMinor ? minor > fromMinor : patch >= fromPatch

/** Whether a build is that one or a later one. */
export const isSince = ({ release }: Build, from: Release): boolean => since(release, from)

/** Reads a version (`0.9`, `0.15.0`) as the build of that version. */
export const BuildFromVersion = Schema.transformOrFail(Schema.String, Build, {
  strict: true,
  encode: ({ version }) => ParseResult.succeed(version),
  decode: (version, _, ast) => {
    const found = VERSION.exec(version)
    if (found === null) {
      return ParseResult.fail(new ParseResult.Type(ast, version))
    }
    const own: Release = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)]
    const strict = since(own, [0, 14, 0])
    return ParseResult.succeed({
      version,
      release: own,
      strict,
      sendsOverBridge: since(own, [0, 8, 1]),
      hasReplies: since(own, [0, 12, 0]),
      hasPolls: since(own, [0, 10, 0]),
      captionsPolls: since(own, [0, 12, 3]),
      canSuppressCaptions: since(own, [0, 13, 4]),
      hasCapabilities: since(own, [0, 15, 0]),
      hasCursor: since(own, [0, 13, 0]),
      foldsPreviews: since(own, [0, 13, 0]),
      waitsForChat: since(own, [0, 10, 0]),
      hasDestination: since(own, [0, 5, 0]),
      hasChatDetails: since(own, [0, 5, 0]),
      hasQuotations: since(own, [0, 5, 0]),
      denial: strict
        ? ("per-method" as const)
        : since(own, [0, 8, 2])
          ? ("every-request" as const)
          : ("banner" as const)
    })
  }
}).annotations({
  message: ({ actual }) => ({
    message: `--build: "${actual}" is no version of imsg; give one such as 0.15.0`,
    override: true
  })
})
