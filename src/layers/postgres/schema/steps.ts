/**
 * The schema of the server's database, step by step. A step that has been released is never changed. Its first one is
 * what the steps of a file come to; each later step of a file has one here, which a test asks for.
 */
import { base } from "./base.ts"
import { hosts } from "./hosts.ts"
import { stagedFiles } from "./stagedFiles.ts"
import { writers } from "./writers.ts"

export interface SchemaStep {
  readonly sql: string
  /**
   * How many steps a program has to know to go on working on what this one leaves: hosts are upgraded one after the
   * other. A step that only adds what has a default leaves it at its predecessor's.
   */
  readonly oldestProgram: number
}

export const STEPS: ReadonlyArray<SchemaStep> = [
  { sql: base, oldestProgram: 1 },
  { sql: stagedFiles, oldestProgram: 1 },
  { sql: hosts, oldestProgram: 1 },
  { sql: writers, oldestProgram: 1 }
]
