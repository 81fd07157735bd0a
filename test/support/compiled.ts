import { fileURLToPath } from "node:url"

/** Where the programs that tests start keep compiled code; Node before 22 keeps none. */
export const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url))
