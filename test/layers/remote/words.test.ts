/** Command lines taken apart. */
import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { quoted, wordsOf } from "../../../src/layers/remote/words.ts"

const texts = (line: string, home?: string) =>
  Option.getOrUndefined(wordsOf(line, home === undefined ? {} : { home }))?.map(({ text }) => text)

describe("a command line is split", () => {
  it.each([
    ["at white space", "ssh  -T\tmac-mini imsg ", ["ssh", "-T", "mac-mini", "imsg"]],
    ["but not in quotes", `ssh -F 'my config' "a b"c`, ["ssh", "-F", "my config", "a bc"]],
    ["nor after a backslash", "a\\ b \\'c", ["a b", "'c"]],
    ["with empty words kept", `a '' ""`, ["a", "", ""]],
    ["with backslashes that double quotes keep", String.raw`"a\"b\c\\"`, [String.raw`a"b\c\\`.slice(0, -1)]],
    ["with backslashes that single quotes keep", String.raw`'a\'`, [String.raw`a\ `.trim()]],
    ["with what only a script reads otherwise", "~/a $HOME #b", ["~/a", "$HOME", "#b"]],
    ["into nothing", "  ", []]
  ])("%s", (_, line, words) => {
    expect(texts(line)).toEqual(words)
  })

  it.each([`a 'b`, `a "b`])("unless a quote does not end: %s", (line) => {
    expect(texts(line)).toBeUndefined()
  })

  it.each([
    ["~/key", ["/home/me/key"]],
    [`"$HOME/key" \${HOME}x`, ["/home/me/key", "/home/mex"]],
    ["'$HOME' $HOMER", ["$HOME", "$HOMER"]],
    ["a~ \"~\" '~/a'", ["a~", "~", "~/a"]],
    ["ssh a # the Mac", ["ssh", "a"]],
    ["a#b", ["a#b"]]
  ])("in a script, with the home folder and comments: %s", (line, words) => {
    expect(texts(line, "/home/me")).toEqual(words)
  })

  it.each([
    ["plain", true],
    ["'$HOST'", true],
    ["\\$HOST", true],
    ["$HOST", false],
    ['"$HOST"', false],
    ['"`host`"', false],
    ["$(host)", false],
    ["mac-*", false],
    ['"mac-*"', true],
    ["a;b", false]
  ])("and %s is the same whatever the shell knows: %s", (line, isFixed) => {
    expect(Option.getOrUndefined(wordsOf(line))?.[0]?.isFixed).toBe(isFixed)
  })
})

it.each(["imsg", "", "a b", "it's", "$(touch x)", "a\\'b", "~/x", "a\nb"])(
  "what is quoted is read back: %j",
  (word) => {
    expect(texts(quoted(word))).toEqual([word])
  }
)
