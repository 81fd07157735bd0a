/** What failed for good: kept with its reason until it is tried again, dropped, or too old. */
import { Context } from "effect"
import type { DeadContent, DeadLetter } from "../schemas/DeadLetter.ts"
import type { Reason } from "../schemas/Delivery.ts"
import type { DeadLetterNotFound, DeadLetterRefused } from "../schemas/errors/delivery.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** What an owner asked of the gateway: to try a letter again, or to release the files of one that was dropped. */
export type Order =
  | { readonly _tag: "Retry"; readonly letter: DeadLetter<DeadContent> }
  | {
      readonly _tag: "Release"
      readonly number: number
      readonly accountId: string
      readonly deliveryId: string
    }

/** `attempt` is the number of the retry, 0 for what was never tried before. */
export interface Failure extends Reason {
  readonly content: DeadContent
  /** All that is known of why, with what the agent said: for who asks for the words of the letter. */
  readonly report?: string
  readonly attempt: number
}

/** How many letters there are: turns, deliveries that failed, and those of which it is not known. */
export interface LetterCounts {
  readonly turns: number
  readonly deliveries: number
  readonly uncertain: number
}

export class DeadLetters extends Context.Tag("imsg-gateway/DeadLetters")<
  DeadLetters,
  {
    /** Keeps what failed; of a retry that failed, its letter is there again with the new reason. */
    readonly bury: (failure: Failure) => Stored<void>
    /** Forgets the letter of what succeeded in the end; none is no error. */
    readonly resolve: (tag: DeadContent["_tag"], id: string) => Stored<void>
    /** How often this failed for good; 0 for what has no letter. */
    readonly failures: (tag: DeadContent["_tag"], id: string) => Stored<number>

    readonly counts: Stored<LetterCounts>
    /** The letters, newest first. */
    readonly all: Stored<ReadonlyArray<DeadLetter>>
    readonly get: (number: number) => Stored<DeadLetter, DeadLetterNotFound>
    /**
     * Orders a retry; one that is ordered or under way already is left alone. What may have been sent is only sent
     * again with `anyway`, and what cannot be read is left.
     */
    readonly retry: (
      number: number,
      options: { readonly anyway: boolean }
    ) => Stored<DeadLetter, DeadLetterNotFound | DeadLetterRefused>
    /** Forgets a letter; refused while it is being retried. */
    readonly drop: (number: number) => Stored<DeadLetter, DeadLetterNotFound | DeadLetterRefused>

    /** What is ordered and not done, oldest letter first, not all at once; retries only of these accounts. */
    readonly orders: (accountIds: ReadonlyArray<string>) => Stored<ReadonlyArray<Order>>
    /** The order is carried out: the retry of a turn is under way, or the files are released. */
    readonly carriedOut: (order: Order) => Stored<void>
  }
>() {}
