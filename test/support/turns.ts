/** Turns for tests. */
import type { Turn } from "../../src/schemas/Turn.ts"
import { asTurnMessage, makeEnvelope } from "./envelopes.ts"

/** A turn of one direct message to the agent `main`. */
export const makeTurn = (partial: Partial<Turn> = {}): Turn => ({
  id: "default:guid-1",
  sessionKey: "agent:main:main",
  agentId: "main",
  isGroup: false,
  envelopes: [asTurnMessage(makeEnvelope())],
  history: [],
  ...partial
})
