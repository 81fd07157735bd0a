/**
 * What is run on a Mac. The login shell there may be any, so a script goes as one word in single quotes that every
 * shell reads alike: one line, without single quotes, backslashes and exclamation marks. What comes from messages is
 * never part of a command line: it is read from stdin, each byte in octal.
 *
 * Each script answers with a line of its own: the word that it was given first, then what came of it. What a login
 * shell prints before that is passed over. `head -c 0` is an error on macOS.
 */

import { MAX_BYTES, MAX_SIDE } from "../media/pictures/kinds.ts"
import { splitRoot } from "../media/roots.ts"

const command = (...steps: ReadonlyArray<string>): string => `/bin/sh -c '${steps.join("; ")}'`

/** A line of stdin; the underscore keeps line breaks at the end of what is decoded. */
const readPath = (variable: string): string =>
  `IFS= read -r ${variable}; ${variable}=$(printf %b_ "$${variable}"); ${variable}=\${${variable}%_}`

const ANSWER = `say() { printf "%s %s %s" "$n" "$1" "$2"; echo; exit 0; }`

/** Whether the folder `d` below `x` begins with the names `g`: the answer is in `k`. */
const BELOW = `g=$(printf %b_ "$g"); g=\${g%_}; t=$d/; t=\${t#"\${x%/}/"}; k=1; while [ "$g" ]; do a=\${g%%/*}; b=\${t%%/*}; g=\${g#*/}; t=\${t#*/}; case "$a" in "*") [ "$b" ] || k= ;; *) [ "$a" = "$b" ] || k= ;; esac; done`

/** Finds the file `f` of the path `p`, and sees that it may be fetched; its size is then in `s`. */
const FIND = [
  `d=$(cd -P -- "\${p%/*}/" 2>/dev/null && printf %s_ "$PWD") || say missing`,
  `d=\${d%_}; f=\${d%/}/\${p##*/}`,
  `[ -e "$f" ] || [ -L "$f" ] || say missing`,
  "i=",
  `while IFS= read -r x; do case "$x" in *" "*) g=\${x#* }; x=\${x%% *} ;; *) g= ;; esac; case "$x" in h*) h=$HOME ;; *) h= ;; esac; x=$(printf %b_ "\${x#?}"); x=$(cd -P -- "$h\${x%_}/" 2>/dev/null && printf %s_ "$PWD") || continue; x=\${x%_}; case "$d/" in "\${x%/}/"*) ;; *) continue ;; esac; ${BELOW}; [ "$k" ] && i=1; done`,
  `[ "$i" ] || say outside`,
  `[ -L "$f" ] && say other`,
  `[ -f "$f" ] || say other`,
  `[ -r "$f" ] || say unreadable`,
  `s=$(wc -c <"$f") || say unreadable`,
  "s=$((s))",
  `[ "$s" -le "$m" ] || say large`
]

/**
 * stdin: the word, the largest size, the path, then the roots, each with `h` (below the home folder) or `a` before it,
 * and after a space the names of folders below it, each with a slash, of which `*` stands for any.
 * Answers `missing`, `outside`, `other` (not a plain file), `large`, `unreadable`, or `ok` with the size, and then the
 * content. Where a file lies is asked after the links of its folder were followed; a link itself is no plain file.
 */
export const FETCH = command(
  "IFS= read -r n",
  "IFS= read -r m",
  readPath("p"),
  ANSWER,
  ...FIND,
  `printf "%s ok %s" "$n" "$s"`,
  "echo",
  `[ "$s" -eq 0 ] && exit 0`,
  `exec head -c "$s" <"$f"`
)

/**
 * The same, but for a picture that no model reads as it is: where the Mac makes a JPEG of it, the answer is `jpeg` with
 * its size, and then that. A picture is one by what `sips` says of its size in pixels, which is in `w` at most; a line of
 * its answer that begins with white space is no path.
 */
export const FETCH_PICTURE = command(
  "IFS= read -r n",
  "IFS= read -r m",
  readPath("p"),
  ANSWER,
  ...FIND,
  "w=0; j=",
  `for x in $(sips -g pixelWidth -g pixelHeight "$f" 2>/dev/null | sed -n "s/^  *pixel[A-Za-z]*: //p"); do [ "$x" -gt "$w" ] 2>/dev/null && w=$x; done`,
  `case "$f" in *.[Hh][Ee][Ii][CcFf]) j=1 ;; esac`,
  `[ "$w" -gt ${MAX_SIDE} ] || [ "$s" -gt ${MAX_BYTES} ] && j=1`,
  "t=",
  `gone() { [ "$t" ] && rm -rf "$t"; }`,
  "trap gone EXIT",
  `trap "exit 1" HUP INT TERM PIPE`,
  `[ "$w" -gt ${MAX_SIDE} ] && z="-Z ${MAX_SIDE}" || z=`,
  `if [ "$w" -gt 0 ] && [ "$j" ] && t=$(mktemp -d) && sips -s format jpeg $z "$f" --out "$t/a.jpg" >/dev/null 2>&1 && [ -s "$t/a.jpg" ]; then f=$t/a.jpg; a=jpeg; s=$(wc -c <"$f"); s=$((s)); else a=ok; fi`,
  `printf "%s %s %s" "$n" "$a" "$s"`,
  "echo",
  `[ "$s" -eq 0 ] && exit 0`,
  `head -c "$s" <"$f"`
)

/** Where files wait to be sent; each in a folder of its own, which keeps its name. */
const OUTGOING = "$HOME/.imsg-gateway-outgoing"

/** How old what was left there may get, in minutes. */
const LEFT_MINUTES = 60

/**
 * stdin: the word, a name for a folder (hex), the file's name, its size, then its content. Answers `failed`, or `ok`
 * and then the folder's path. What was left behind earlier goes.
 */
export const PLACE = command(
  "IFS= read -r n",
  "IFS= read -r k",
  readPath("p"),
  "IFS= read -r s",
  ANSWER,
  "umask 077",
  `o=${OUTGOING}`,
  `mkdir -p "$o" || say failed`,
  `find "$o" -mindepth 1 -maxdepth 1 -mmin +${LEFT_MINUTES} -exec rm -rf {} +`,
  `mkdir "$o/$k" || say failed`,
  `if [ "$s" -eq 0 ]; then : >"$o/$k/$p"; else head -c "$s" >"$o/$k/$p"; fi || say failed`,
  `[ "$(wc -c <"$o/$k/$p")" -eq "$s" ] || say failed`,
  `printf "%s ok" "$n"`,
  "echo",
  `printf %s "$o/$k"`
)

/** stdin: the word, the name of the folder. Answers `ok`. */
export const REMOVE = command("IFS= read -r n", "IFS= read -r k", ANSWER, `rm -rf "${OUTGOING}/$k"`, "say ok")

/** A path as a script reads it: every byte in octal. */
export const octal = (path: string): string =>
  [...Buffer.from(path)].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("")

/** A root as `FETCH` reads it. */
export const rootLine = (root: string): string => {
  const { folder, names } = splitRoot(root)
  const line = folder === "~" || folder.startsWith("~/") ? `h${octal(folder.slice(1))}` : `a${octal(folder)}`
  return names.length === 0 ? line : `${line} ${octal(`${names.join("/")}/`)}`
}
