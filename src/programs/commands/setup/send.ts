/** What `setup` sends to the owner. */
import { createHash } from "node:crypto"
import { Effect, Logger, LogLevel, Option, Predicate, Schedule } from "effect"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import { askGateway } from "../cli/gateway.ts"
import { judge, sendRequest } from "../cli/send.ts"
import { sendByChild } from "./imsg.ts"
import { isUp, type Known } from "./Known.ts"

/** How long a service that was just started may take until it answers. */
const gatewayIsUp = Schedule.spaced("250 millis").pipe(Schedule.upTo("20 seconds"))

/** Waits for a gateway that was just started: two must not send at once. */
const awaitGateway = (file: Option.Option<string>) =>
  Effect.retry(
    askGateway(file, (client) => client.status()),
    gatewayIsUp
  )

const greetingOf = (known: Known): string => {
  const [agent] = known.written?.config.agents.list ?? []
  const name = agent?.name === undefined ? "" : `, ${agent.name},`
  return `I am here${name} and this is our chat. Write something, and I answer. /help says what else I understand.`
}

/** What to do about a failure, where it says so itself. */
const hintOf = (error: unknown): string =>
  Predicate.hasProperty(error, "hint") && typeof error.hint === "string" ? `${error.hint} ` : ""

const anyId = Effect.sync(() => crypto.randomUUID())

/** A script may say hello as often as it runs: what has this name is sent once. */
const idForAll = (handle: string): string =>
  `setup-hello-${createHash("sha256").update(handle).digest("hex").slice(0, 32)}`

interface Message {
  readonly step: string
  readonly handle: string
  readonly text: string
  readonly id: string
}

/** As `send` does: through the gateway that runs, else by itself. */
const sendAsOwner = (known: Known, { handle, id, step, text }: Message) =>
  Effect.gen(function* () {
    const file = Option.some(known.file)
    // One that does not come is no matter to a code, and hello is not said without one.
    if (isUp(known)) yield* step === "Hello" ? awaitGateway(file) : Effect.ignore(awaitGateway(file))
    const result = yield* sendRequest(file, { to: `imessage:${handle}`, text, id })
    yield* judge(result)
    if (result.state === "sending") {
      return yield* new SetupStuck({
        step,
        problem: "the gateway has taken the message, and it is not sent yet",
        remedy: "`imsg-gateway status` says what it waits for: often a permission that the service has not."
      })
    }
  }).pipe(
    Logger.withMinimumLogLevel(LogLevel.Fatal),
    Effect.mapError((error) =>
      error instanceof SetupStuck
        ? error
        : new SetupStuck({
            step,
            problem: error.message,
            remedy: `${hintOf(error)}\`imsg-gateway doctor\` looks at all of it.`
          })
    )
  )

export const greet = (known: Known, handle: string) =>
  Effect.flatMap(anyId, (id) =>
    sendAsOwner(known, {
      ...{ step: "Hello", handle, text: greetingOf(known) },
      id: known.wishes.yes ? idForAll(handle) : id
    })
  )

/** With a gateway that runs it goes through that, so that it is known as its own word wherever it is mirrored. */
export const sendCode = (known: Known, handle: string, code: string) => {
  const text = `${code} is your code for the setup of imsg-gateway. Type it where you run setup. If that was not you, there is nothing to do.`
  return known.written === undefined
    ? sendByChild(known, handle, text)
    : Effect.flatMap(anyId, (id) => sendAsOwner(known, { step: "Owner", handle, text, id }))
}
