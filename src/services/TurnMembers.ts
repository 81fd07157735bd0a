/** Which messages are one turn, so that a crash does not part them. */
import { Context, type Option } from "effect"
import type { Stored } from "../schemas/errors/store.ts"

export class TurnMembers extends Context.Tag("imsg-gateway/TurnMembers")<
  TurnMembers,
  {
    /** Writes down which messages (by their envelope keys) are given to an agent at once. */
    readonly begin: (turnId: string, envelopeKeys: ReadonlyArray<string>) => Stored<void>
    /** The same for a turn that began before and was not finished; a message that is not in it any more is in none. */
    readonly beginAgain: (turnId: string, envelopeKeys: ReadonlyArray<string>) => Stored<void>
    /** The turn that a message was given to an agent in, if it was. */
    readonly turnOf: (envelopeKey: string) => Stored<Option.Option<string>>
  }
>() {}
