/** What is kept of what opens the web interface. */
import { createHash } from "node:crypto"

/** The digest of a token or a cookie. Both are long and random, so that a plain digest gives nothing away. */
export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex")
