/** What whoever asks may do. The doors of the gateway say so, each for its own callers. */
import { Context } from "effect"
import { type Grant, OWNERS_GRANT } from "../schemas/Grant.ts"

/** Where nobody says anything it is the gateway's own user, who has the socket or runs a command. */
export class AskedWith extends Context.Reference<AskedWith>()("imsg-gateway/AskedWith", {
  defaultValue: (): Grant => OWNERS_GRANT
}) {}
