import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Fiber, Queue, Ref, Schema, Stream } from "effect"
import { eventually, type Simulator } from "../../support/simulator.ts"

const Frame = Schema.Struct({
  id: Schema.optional(Schema.Union(Schema.Number, Schema.Null)),
  method: Schema.optional(Schema.String),
  result: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  error: Schema.optional(
    Schema.Struct({ code: Schema.Int, message: Schema.String, data: Schema.optional(Schema.Unknown) })
  ),
  params: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
})

const decode = Schema.decodeUnknownOption(Schema.parseJson(Frame))

const Notified = Schema.Struct({
  subscription: Schema.Int,
  message: Schema.Struct({
    id: Schema.Int,
    guid: Schema.String,
    text: Schema.String,
    is_from_me: Schema.Boolean,
    destination_caller_id: Schema.optional(Schema.String),
    is_group: Schema.optional(Schema.Boolean),
    sender: Schema.String,
    cursor: Schema.optional(Schema.Int),
    attachments: Schema.Array(Schema.Struct({ mime_type: Schema.String, missing: Schema.Boolean }))
  })
})

/** A running `imsg rpc`, spoken to line by line. Its end of stdin comes with `end`, or with the scope. */
export const openClient = (simulator: Simulator) =>
  Effect.gen(function* () {
    const child = yield* Command.start(Command.make(simulator.cliPath, "rpc", "--db", simulator.dbPath))
    const input = yield* Queue.unbounded<string>()
    const text = yield* Ref.make("")
    const stderr = yield* Ref.make("")
    const stdoutEnded = yield* Ref.make(false)
    const lastId = yield* Ref.make(0)
    const writing = yield* Stream.fromQueue(input).pipe(
      Stream.encodeText,
      Stream.run(child.stdin),
      Effect.exit,
      Effect.forkScoped
    )
    const reading = yield* child.stdout.pipe(
      Stream.decodeText(),
      Stream.runForEach((piece) => Ref.update(text, (before) => before + piece)),
      Effect.ensuring(Ref.set(stdoutEnded, true)),
      Effect.forkScoped
    )
    yield* child.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((piece) => Ref.update(stderr, (before) => before + piece)),
      Effect.forkScoped
    )
    const exit = yield* Effect.forkScoped(Effect.exit(child.exitCode))

    const lines = Effect.map(Ref.get(text), (all) => all.split("\n").slice(0, -1))
    const frames = Effect.map(lines, (all) =>
      all.flatMap((line) => {
        const frame = decode(line)
        return frame._tag === "Some" ? [frame.value] : []
      })
    )
    const notified = (method: string) =>
      Effect.map(frames, (all) => all.filter((frame) => frame.method === method))
    const messages = Effect.flatMap(notified("message"), (all) =>
      Effect.forEach(all, ({ params }) => Schema.decodeUnknown(Notified)(params))
    )
    const line = (value: string) => Queue.offer(input, `${value}\n`)
    /** Writes a request and answers its id. */
    const post = (method: string, params?: unknown) =>
      Effect.gen(function* () {
        const id = yield* Ref.updateAndGet(lastId, (n) => n + 1)
        yield* line(
          JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) })
        )
        return id
      })
    const answer = (id: number) =>
      eventually(`the answer to ${id}`, frames, (all) => all.some((frame) => frame.id === id)).pipe(
        Effect.map((all) => all.find((frame) => frame.id === id)),
        Effect.flatMap(Effect.fromNullable)
      )
    return {
      pid: child.pid,
      lines,
      frames,
      messages,
      notified,
      line,
      post,
      answer,
      request: (method: string, params?: unknown) => Effect.flatMap(post(method, params), answer),
      /** The exit of the process, once it has ended. */
      exit: Fiber.join(exit),
      writing,
      stdout: Ref.get(text),
      stderr: Ref.get(stderr),
      stdoutEnded: Ref.get(stdoutEnded),
      /** Closes stdout from the reader's side. */
      stopReading: Fiber.interrupt(reading),
      end: Queue.shutdown(input)
    }
  }).pipe(Effect.provide(NodeContext.layer))
