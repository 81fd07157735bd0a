/** Where the environment says that files and folders are. */
import { homedir } from "node:os"

export type Env = { readonly [name: string]: string | undefined }

export type ExpandHome = (path: string) => string

/** The variable that names the state folder where the file does not. */
export const STATE_VARIABLE = "IMSG_GATEWAY_STATE_DIR"

/** The value of a variable; an empty one counts as not set. */
export const variable = (env: Env, name: string): string | undefined =>
  env[name] === "" ? undefined : env[name]

/** Expands `~` to `$HOME`, else to the home folder of the user that the process runs as. */
export const homeExpander = (env: Env): ExpandHome => {
  const home = (variable(env, "HOME") ?? homedir()).replace(/\/+$/, "")
  return (path) => (path === "~" ? home : path.startsWith("~/") ? `${home}${path.slice(1)}` : path)
}
