/** To whom macOS gives its permissions: to the program that began a chain of processes, never to `imsg`. */
import type { Permission } from "../../../schemas/errors/imsg.ts"

/** In what surroundings doctor runs. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined }
  /** Where the running Node really lies. */
  readonly nodePath: string
}

/** What macOS calls the terminals that say who they are otherwise. */
const TERMINALS: { readonly [program: string]: string } = {
  Apple_Terminal: "Terminal",
  "iTerm.app": "iTerm",
  vscode: "Visual Studio Code",
  ghostty: "Ghostty"
}

/** The program that began this chain, as a person finds it in the system's settings. */
export const beginner = ({ env, nodePath }: Surroundings): string => {
  // launchd says so to what it starts; a terminal has a value of its own that is no label of ours.
  if (env.XPC_SERVICE_NAME?.startsWith("dev.imsg-gateway") === true) return nodePath
  if ((env.SSH_CONNECTION ?? "") !== "") return "sshd (sshd-keygen-wrapper)"
  const terminal = env.TERM_PROGRAM ?? ""
  return terminal === "" ? nodePath : (TERMINALS[terminal] ?? terminal)
}

const PANES: { readonly [permission in Permission]: string } = {
  FullDiskAccess: "Full Disk Access",
  Automation: "Automation",
  Contacts: "Contacts"
}

/**
 * How to give a permission. `host` is the Mac on which `imsg` runs, where that is reached over ssh. The service is a
 * chain of its own: launchd begins it with Node.
 */
export const grant = (
  permission: Permission,
  surroundings: Surroundings,
  host: string | undefined
): string => {
  const what = permission === "Automation" ? ", under it Messages" : ""
  const again = "If it is on already, switch it off and on again, and restart that program."
  const pane = `System Settings → Privacy & Security → ${PANES[permission]}`
  if (host !== undefined) {
    return permission === "Automation"
      ? `On ${host}: ${pane}: switch on sshd-keygen-wrapper${what}. Where macOS offers no such switch over ssh, run the gateway there, in the session of the signed-in user.`
      : `On ${host}: ${pane}: switch on sshd-keygen-wrapper${
          permission === "FullDiskAccess"
            ? ", or General → Sharing → Remote Login → allow full disk access for remote users"
            : ""
        }. ${again}`
  }
  const program = beginner(surroundings)
  const service =
    program === surroundings.nodePath ? "" : ` The service needs the same for ${surroundings.nodePath}.`
  return `${pane}: switch on ${program}${what}. ${again}${service}`
}
