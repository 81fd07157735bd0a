import { ParseResult, Schema } from "effect"

/** What a build of imsg does differently from others. */
export const Build = Schema.Struct({
  /** As `status` reports it, such as `0.15.0`. */
  version: Schema.String,
  /** Unknown keys and wrong types are refused, and reads overtake a slow send (from 0.14). */
  strict: Schema.Boolean,
  hasSendStatus: Schema.Boolean,
  hasBridgeMethods: Schema.Boolean,
  /** Sends go over the private bridge by themselves where one runs (from 0.8.1). */
  sendsOverBridge: Schema.Boolean,
  /** A send can be made with a guid of the caller's (from 0.14.2). */
  hasTrackedSends: Schema.Boolean,
  /** `chats.get`, and what the build is and can do in `status` (from 0.15). */
  hasChatsGet: Schema.Boolean,
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

const since = (
  [major, minor, patch]: readonly [number, number, number],
  [fromMajor, fromMinor, fromPatch]: readonly [number, number, number]
) => (major !== fromMajor ? major > fromMajor : minor !== fromMinor ? minor > fromMinor : patch >= fromPatch)

/** Reads a version (`0.9`, `0.15.0`) as the build of that version. */
export const BuildFromVersion = Schema.transformOrFail(Schema.String, Build, {
  strict: true,
  encode: ({ version }) => ParseResult.succeed(version),
  decode: (version, _, ast) => {
    const found = VERSION.exec(version)
    if (found === null) {
      return ParseResult.fail(new ParseResult.Type(ast, version))
    }
    const own = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] as const
    const strict = since(own, [0, 14, 0])
    return ParseResult.succeed({
      version,
      strict,
      hasSendStatus: since(own, [0, 10, 0]),
      hasBridgeMethods: since(own, [0, 5, 0]),
      sendsOverBridge: since(own, [0, 8, 1]),
      hasTrackedSends: since(own, [0, 14, 2]),
      hasChatsGet: since(own, [0, 15, 0]),
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
