/** What `programs.test.ts` runs where there is no program at all. */
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { program } from "../programs.ts"

it.effect("needs nothing", () => Effect.void)
it.effect("needs a program", () => program("python3"))
