/** What the file for a bug report is, for whoever makes one and for whoever gets it. */

export const ABOUT =
  "For a bug report of imsg-gateway: versions, the config without secrets, what doctor found, the state, how many rows were decided how, and the last lines of the log. People are person-1, person-2 and so on; nobody's words are in it."

/** What is said once it is written. */
export const written = (file: string, missing: ReadonlyArray<string>): string =>
  [
    file,
    "",
    "In it: versions, the config without secrets, what doctor found, the state of the accounts, how many messages were",
    "decided how, and the last lines of the log. Phone numbers, email addresses and names are person-1, person-2 …, and",
    "what anybody wrote is left out. It is readable JSON: look through it before it leaves this machine.",
    ...(missing.length === 0 ? [] : [`Not to be had, which may be what is wrong: ${missing.join(", ")}.`]),
    "",
    "Attach it to a report where you got imsg-gateway from, with what you did, what you expected, and what happened."
  ].join("\n")
