/** `send`: a message from the owner, through the gateway that runs, else by a child of its own. */
import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import * as NodeStream from "@effect/platform-node/NodeStream"
import { Console, Effect, Layer, Option, ParseResult, Schema, Stream } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as LoggerLive from "../../../layers/logging/LoggerLive.ts"
import { SendRequest, type SendResult } from "../../../schemas/control/Sending.ts"
import { RequestInvalid } from "../../../schemas/errors/control.ts"
import { DeliveryRefused, DeliveryUncertain } from "../../../schemas/errors/delivery.ts"
import { issuesInWords } from "../../control/issues.ts"
import { become, Manner } from "./Ending.ts"
import { askGateway } from "./gateway.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"
import { table } from "./table.ts"

/** How long a delivery is waited for, and its answer after that; a gateway may be busy. */
const WAIT_MS = 30_000
const ANSWER_MS = 15_000

/** Stands for standard input. */
const STDIN = "-"

const readStdin = NodeStream.stdin.pipe(
  Stream.decodeText(),
  Stream.runFold("", (text, more) => text + more),
  // A line that was typed ends with a line break that nobody meant.
  Effect.map((text) => text.replace(/\n$/u, ""))
)

const inText = ({ account, id, parts, state, target, waits }: SendResult): string => {
  const accepted = `Accepted as ${id} for ${target} through ${account}`
  const heading =
    state === "sending"
      ? waits === undefined
        ? `${accepted}; it is still being sent.`
        : `${accepted}; it is not sent yet: ${waits.reason}.\n${waits.hint}`
      : `${id} to ${target} through ${account}: ${state}`
  const rows = parts.map(({ detail, guid, index, state: of }) => [
    `part ${index + 1}`,
    of,
    guid ?? "",
    detail ?? ""
  ])
  return rows.length === 0 ? heading : `${heading}\n${table(rows)}`
}

/** A command that did not send what it should is a failure. */
export const judge = ({
  id,
  parts,
  state
}: SendResult): Effect.Effect<void, DeliveryRefused | DeliveryUncertain> => {
  const at = parts.find((part) => part.state === state)
  const fields = { deliveryId: id, part: (at?.index ?? 0) + 1, detail: at?.detail ?? "its log says more" }
  if (state === "failed") return new DeliveryRefused(fields)
  return state === "uncertain" ? new DeliveryUncertain(fields) : Effect.void
}

/** A request within the limits of the interface, whoever is to carry it out. */
const judged = (request: SendRequest) =>
  Effect.mapError(
    Schema.validate(SendRequest)(request),
    (error) =>
      new RequestInvalid({ detail: issuesInWords(ParseResult.ArrayFormatter.formatErrorSync(error)) })
  )

const throughGateway = Manner.Task({
  hint: "What the gateway has taken it goes on with: `imsg-gateway deadletters list` shows what fails or is uncertain."
})
const alone = Manner.Task({
  hint: "What was being sent may have been sent: `imsg-gateway deadletters list` shows it. The rest was not."
})

export const sendRequest = (config: Option.Option<string>, request: SendRequest) =>
  become(throughGateway).pipe(
    Effect.zipRight(
      askGateway(config, (client) => client.send({ payload: { ...request, waitMs: WAIT_MS } }), {
        withinMs: WAIT_MS + ANSWER_MS
      })
    ),
    // Only where nobody took it: what a gateway took goes out by it, and would be said twice.
    Effect.catchTag("GatewayNotRunning", () =>
      become(alone).pipe(
        Effect.zipRight(Effect.promise(() => import("../../sending/alone.ts"))),
        Effect.flatMap(({ sendAlone }) => sendAlone(request)),
        Effect.provide(Layer.unwrapEffect(Effect.map(configFile(config), ConfigFile.layer)))
      )
    )
  )

export const sendCommand = Command.make(
  "send",
  {
    to: Options.text("to").pipe(
      Options.withPseudoName("TARGET"),
      Options.withDescription(
        "A phone number or an email, with imessage: or sms: before it where that matters; or a chat, as chat_id:42."
      )
    ),
    account: Options.text("account").pipe(
      Options.withPseudoName("ID"),
      Options.withDescription(
        "The account to send through. May be left out where only one is enabled, or the config has a defaultAccount."
      ),
      Options.optional
    ),
    text: Options.text("text").pipe(
      Options.withDescription(`The text; ${STDIN} reads it from standard input.`),
      Options.optional
    ),
    files: options
      .file("file")
      .pipe(
        Options.withDescription("A file to send. Can be given several times."),
        Options.repeated,
        Options.mapEffect(Effect.forEach(options.thatIsThere("file")))
      ),
    config: options.config,
    json: Options.boolean("json").pipe(Options.withDescription("Print the result as an object."))
  },
  ({ account, config, files, json, text, to }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const said = Option.getOrUndefined(text)
      const request = yield* judged({
        to,
        id: yield* Effect.sync(() => crypto.randomUUID()),
        ...(said === undefined ? {} : { text: said === STDIN ? yield* readStdin : said }),
        files: yield* Effect.forEach(files, (file) =>
          Effect.orElseSucceed(fs.realPath(file), () => path.resolve(file))
        ),
        ...Option.match(account, { onNone: () => ({}), onSome: (id) => ({ account: id }) })
      })
      const result = yield* sendRequest(config, request)
      yield* Console.log(json ? JSON.stringify(result, undefined, 2) : inText(result))
      yield* judge(result)
    }).pipe(
      // What it has to say of its own sending goes beside the result.
      Effect.provide(LoggerLive.layer(undefined))
    )
).pipe(
  Command.withDescription(
    "Sends a message: through the gateway where it runs, else directly. Prints what became of each part."
  )
)
