/** What macOS has to be told about the program that launchd starts. */

const LOOK = `Then see how it is:
  imsg-gateway doctor
  imsg-gateway status
  imsg-gateway logs --follow`

/** What to grant to which program, and how to look. `program` is the real path of node. */
export const grants = (
  program: string
): string => `macOS gives permissions to the program that launchd starts, not to your terminal. That program is
  ${program}

  Full Disk Access   to read Messages. System Settings → Privacy & Security → Full Disk Access → +, then
                     Shift-Command-G, and paste that path.
  Automation         to send. macOS asks at the first reply: allow it to control Messages. Later:
                     System Settings → Privacy & Security → Automation → node → Messages.

An upgrade of node (\`brew upgrade\` too) changes that path, and the grants do not follow: run
\`imsg-gateway service install\`, and grant again.

${LOOK}`

/** How to look at a service of systemd; the grants belong to the Mac that \`imsg\` runs on. */
export const look = LOOK
