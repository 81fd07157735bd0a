/** By what a server can tell those who ask apart, and learns nothing of them. */
import { scrypt } from "node:crypto"
import { Cache, Duration, Effect } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { Turn } from "../../../schemas/Turn.ts"

const BYTES = 16
const REMEMBERED = 1000
const SALT = "imsg-gateway"
/** Some ten milliseconds: nobody who waits for an answer notices, and who tries all numbers of a country does. */
const COST = 4096

/**
 * Whose conversation a turn belongs to, at one server: servers with a memory of their own keep one for each word. A shared
 * session has people in it that must not hear of each other, unless its memory is meant to be shared.
 */
const whose = (baseUrl: string, { id, memory }: Pick<AgentConfig, "id" | "memory">, turn: Turn): string =>
  JSON.stringify([
    baseUrl,
    id,
    turn.sessionKey,
    turn.isGroup || memory?.scope === "session" ? "" : turn.envelopes[0].sender
  ])

/** Slow on purpose: there are few enough phone numbers to try all of them with a quick hash. */
const hashed = (text: string): Effect.Effect<string> =>
  Effect.async((resume) => {
    scrypt(text, SALT, BYTES, { N: COST }, (error, key) =>
      resume(error === null ? Effect.succeed(key.toString("hex")) : Effect.die(error))
    )
  })

/** The function that answers the word of a turn: the same for the same conversation, and another at another server. */
export const makeUserOf = Effect.map(
  Cache.make({ capacity: REMEMBERED, timeToLive: Duration.infinity, lookup: hashed }),
  (cache) =>
    (baseUrl: string, agent: Pick<AgentConfig, "id" | "memory">, turn: Turn): Effect.Effect<string> =>
      cache.get(whose(baseUrl, agent, turn))
)
