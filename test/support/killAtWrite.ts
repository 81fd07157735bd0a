/** A gateway that is killed at the moment at which it would write something down: the store refuses that until then. */
import { Effect } from "effect"
import type { Gateway } from "./gateway.ts"
import { eventually, type makeSimulator } from "./simulator.ts"
import { withSqlite } from "./sqliteFile.ts"

const BUSY = { busyTimeoutMs: 5000 }

/** A moment, by the write that is refused at it. */
export interface Moment {
  readonly what: string
  /** When a trigger refuses, as in `CREATE TRIGGER name …`. */
  readonly refuses: string
  /** How many messages are sent by then, where the gateway tries that write again without a word. */
  readonly sent?: number
}

/** Has something happen to a gateway, and kills it once it stands still; afterwards the store refuses nothing. */
export const killAtWrite = <E>(
  { refuses, sent }: Moment,
  {
    gateway,
    happens,
    imsg,
    store
  }: {
    readonly gateway: Gateway
    readonly imsg: Effect.Effect.Success<ReturnType<typeof makeSimulator>>
    /** The file of the gateway's store. */
    readonly store: string
    readonly happens: Effect.Effect<unknown, E>
  }
) =>
  Effect.gen(function* () {
    const trigger = `CREATE TRIGGER refused ${refuses} BEGIN SELECT RAISE(ABORT, 'refused by the test'); END`
    yield* withSqlite(store, (connection) => connection.exec(trigger), BUSY)
    yield* happens
    yield* sent === undefined
      ? Effect.asVoid(
          gateway.awaitLog("the moment", ({ message }) => String(message).includes("refused by the test"))
        )
      : Effect.asVoid(imsg.awaitSent(sent))
    yield* gateway.signal("SIGKILL")
    yield* gateway.exitCode
    yield* eventually("no child", imsg.pids, (pids) => pids.length === 0)
    yield* withSqlite(store, (connection) => connection.exec("DROP TRIGGER refused"), BUSY)
  })
