/** Builds of imsg that have no `rpc`, as they answer whoever asks for it. */

/** The exit code of builds of imsg that do not know the command that they are given. */
export const EX_USAGE = 64

/**
 * Whether these arguments ask for a build without `rpc`. It is judged before they are parsed, because such a
 * build does not know `rpc --help` either.
 */
export const isWithoutRpc = (args: ReadonlyArray<string>): boolean =>
  args[0] === "simulator" && args[1] === "rpc" && args.includes("--no-rpc")

export const UNKNOWN_RPC = "imsg: unknown command 'rpc'\n"
