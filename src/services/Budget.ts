/** What a person and a chat have cost within the last day, and whether there is more for them. */
import { Context } from "effect"
import type { BudgetConfig } from "../schemas/Config.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** A turn, with what it is counted by: turns by the person who asks, parts by the chat that they are sent to. */
export interface CountedTurn {
  readonly id: string
  readonly accountId: string
  readonly person: string
  readonly chat: string
}

/** Which of the two budgets is used up, and whose. */
export interface Exceeded {
  readonly accountId: string
  readonly budget: "turns" | "parts"
  /** The person, by name or by handle, or the chat. */
  readonly subject: string
}

/** One that is used up, or was within the last day. `since` is Unix ms; `dropped` counts the turns that were not begun. */
export interface ExceededBudget extends Exceeded {
  readonly since: number
  readonly dropped: number
}

export class Budget extends Context.Tag("imsg-gateway/Budget")<
  Budget,
  {
    /**
     * Counts a turn that is about to begin, once for each id, unless a budget is used up: then that, and whether it is
     * news, which it is once a day.
     */
    readonly begin: (
      turn: CountedTurn,
      budget: BudgetConfig
    ) => Stored<{ readonly exceeded: Exceeded; readonly isNews: boolean } | undefined>
    /** Notes in how many parts a turn that was begun is answered. */
    readonly answered: (turnId: string, parts: number) => Stored<void>
    /** The budgets that were used up within the last day. */
    readonly exceeded: Stored<ReadonlyArray<ExceededBudget>>
  }
>() {}
