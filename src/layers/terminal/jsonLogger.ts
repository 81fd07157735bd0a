/** The log as JSON lines on a terminal. */
import { Logger } from "effect"
import { oneLine } from "./harmless.ts"

/**
 * Effect's own JSON, of which nothing steers a terminal. JSON escapes the controls of ASCII only; what is escaped here
 * as well is the same text for whoever reads the JSON.
 */
export const jsonLogger: Logger.Logger<unknown, string> = Logger.map(Logger.jsonLogger, oneLine)
