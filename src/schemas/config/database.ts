/** Which database of Messages an account reads. */
import type { AccountConfig } from "./resolved.ts"

/** The database that `imsg` reads where it is given none. */
const DEFAULT_DATABASE = "~/Library/Messages/chat.db"

/** An absolute path without `//`, `.`, `..` and a slash at its end; any other text as it is. */
export const canonical = (path: string): string => {
  if (!path.startsWith("/")) return path
  const kept: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "..") kept.pop()
    else if (part !== "" && part !== ".") kept.push(part)
  }
  return `/${kept.join("/")}`
}

/** The database of an account whose `imsg` runs on this machine, in one spelling. */
export const databaseOf = (
  { dbPath }: Pick<AccountConfig, "dbPath">,
  expandHome: (path: string) => string
): string => canonical(dbPath ?? expandHome(DEFAULT_DATABASE))
