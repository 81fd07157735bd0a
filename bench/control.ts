/** The bench's end of the socket that its children in memory report to. */
import { Ndjson, Socket } from "@effect/platform"
import { NodeSocketServer } from "@effect/platform-node"
import { Effect, type ParseResult, Queue, Stream } from "effect"
import { Load, Report } from "./protocol.ts"

/**
 * Listens on a path until the scope closes. Children may follow each other; the one that is connected gets the
 * loads. `next` fails with an error that names what was awaited when a report does not come in time.
 */
export const makeControl = (path: string) =>
  Effect.gen(function* () {
    const server = yield* NodeSocketServer.make({ path })
    const reports = yield* Queue.unbounded<Report>()
    const loads = yield* Queue.unbounded<Load>()
    yield* server
      .run((socket) =>
        Stream.fromQueue(loads).pipe(
          Stream.pipeThroughChannelOrFail(
            Ndjson.duplexSchemaString(
              Socket.toChannelString<Ndjson.NdjsonError | ParseResult.ParseError>(socket),
              {
                inputSchema: Load,
                outputSchema: Report
              }
            )
          ),
          Stream.runForEach((report) => Queue.offer(reports, report)),
          // A child that was killed closes its end as it may.
          Effect.catchTag("SocketError", () => Effect.void)
        )
      )
      .pipe(Effect.forkScoped)

    /** The next report of a kind; those of other kinds before it are dropped. */
    const next = <T extends Report["_tag"]>(
      tag: T,
      deadlineMs = 15_000
    ): Effect.Effect<Extract<Report, { readonly _tag: T }>, Error> => {
      const isWanted = (report: Report): report is Extract<Report, { readonly _tag: T }> =>
        report._tag === tag
      const look: Effect.Effect<Extract<Report, { readonly _tag: T }>> = Effect.flatMap(
        Queue.take(reports),
        (report) => (isWanted(report) ? Effect.succeed(report) : look)
      )
      return Effect.timeoutFail(look, {
        duration: deadlineMs,
        onTimeout: () => new Error(`no report "${tag}" from the child within ${deadlineMs} ms`)
      })
    }

    /** Has the child carry out a load, and waits for what became of it. */
    const carryOut = (load: Load) =>
      Queue.offer(loads, load).pipe(
        Effect.zipRight(next("Finished", load.seconds * 1000 + load.drainMs + 10_000)),
        Effect.map(({ result }) => result)
      )

    return { path, next, carryOut }
  })
