/**
 * Words of a unit file; see "Quoting" in systemd.syntax(7) and "Command lines" in systemd.service(5). Written here,
 * because libraries for ini files know other rules: they quote for themselves, and write keys that repeat as `key[]`.
 */

const ESCAPES: { readonly [character: string]: string } = {
  "\\": "\\\\",
  '"': '\\"',
  "%": "%%",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t"
}

/** One word, whatever is in it. `$` stays: command lines begin with `:`, which switches variables off. */
export const quote = (word: string): string =>
  `"${word.replace(/[\\"%\n\r\t]/gu, (character) => ESCAPES[character] ?? character)}"`

const UNESCAPED: { readonly [sequence: string]: string } = {
  ...Object.fromEntries(Object.entries(ESCAPES).map(([character, sequence]) => [sequence, character])),
  "\\'": "'",
  "\\s": " "
}

const unescape = (text: string): string =>
  text.replace(/\\[\\"'nrts]|%%/gu, (sequence) => UNESCAPED[sequence] ?? sequence)

/** The words of a line, as `quote` writes them or a person would: quotes of both kinds, and bare words. */
export const words = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/gu)].map(([, double, single, bare]) =>
    unescape(double ?? single ?? bare ?? "")
  )
