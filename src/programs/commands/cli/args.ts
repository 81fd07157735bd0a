/** The arguments as `@effect/cli` wants them. */

const LOG_LEVEL = "--log-level"

/**
 * The parser knows its own `--log-level` only in front of everything else; people write it anywhere.
 * `argv` is Node's: the interpreter, the script, then the arguments.
 */
export const hoistLogLevel = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [node = "", script = "", ...args] = argv
  const index = args.findIndex((arg) => arg === LOG_LEVEL || arg.startsWith(`${LOG_LEVEL}=`))
  if (index === -1) return argv
  const given = args.splice(index, args[index] === LOG_LEVEL ? 2 : 1)
  return [node, script, ...given.flatMap((arg) => arg.split("=", 2)), ...args]
}
