/** What `setup` sends to the owner. */
import { Effect, Logger, LogLevel, Option, Predicate, Schedule } from "effect"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import { askGateway } from "../cli/gateway.ts"
import { judge, sendRequest } from "../cli/send.ts"
import { sendByChild } from "./imsg.ts"
import type { Known } from "./Known.ts"

/** How long a service that was just started may take until it answers. */
const gatewayIsUp = Schedule.spaced("250 millis").pipe(Schedule.upTo("20 seconds"))

/** Waits for a gateway that was just started: two must not send at once. One that does not come is no matter here. */
const awaitGateway = (file: Option.Option<string>) =>
  Effect.ignore(
    Effect.retry(
      askGateway(file, (client) => client.status()),
      gatewayIsUp
    )
  )

const greetingOf = (known: Known): string => {
  const [agent] = known.written?.config.agents.list ?? []
  const name = agent?.name === undefined ? "" : `, ${agent.name},`
  return `I am here${name} and this is our chat. Write something, and I answer. /help says what else I understand.`
}

/** What to do about a failure, where it says so itself. */
const hintOf = (error: unknown): string =>
  Predicate.hasProperty(error, "hint") && typeof error.hint === "string" ? `${error.hint} ` : ""

/** As `send` does: through the gateway that runs, else by itself. */
const sendAsOwner = (known: Known, handle: string, text: string, step: string) =>
  Effect.gen(function* () {
    const file = Option.some(known.file)
    if (known.service._tag === "Installed" && known.service.started) yield* awaitGateway(file)
    const id = yield* Effect.sync(() => crypto.randomUUID())
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

export const greet = (known: Known, handle: string) => sendAsOwner(known, handle, greetingOf(known), "Hello")

/** With a gateway that runs it goes through that, so that it is known as its own word wherever it is mirrored. */
export const sendCode = (known: Known, handle: string, code: string) => {
  const text = `${code} is your code for the setup of imsg-gateway. Type it where you run setup. If that was not you, there is nothing to do.`
  return known.written === undefined
    ? sendByChild(known, handle, text)
    : sendAsOwner(known, handle, text, "Owner")
}
