/** The model of the demo: a stand-in, small and quick, with a memory that a spectator can check. */
import { Effect, Option, Schedule, Schema, Stream } from "effect"
import { type ModelRequest, serveModel } from "../../simulator/model/ModelServer.ts"
import { eventStream, eventsOf, say } from "../../simulator/model/say.ts"

const decodeAsked = Schema.decodeUnknownOption(
  Schema.Struct({ messages: Schema.Array(Schema.Struct({ role: Schema.String, content: Schema.String })) })
)

/** What people said to it, oldest first. */
const saidIn = ({ body }: ModelRequest): ReadonlyArray<string> =>
  Option.match(decodeAsked(body), {
    onNone: () => [],
    onSome: ({ messages }) => messages.flatMap(({ content, role }) => (role === "user" ? [content] : []))
  })

/** What it answers: it notes what it is told, and says all of that where it is asked. */
const answerTo = (said: ReadonlyArray<string>): string => {
  const now = said.at(-1) ?? ""
  if (!now.endsWith("?")) return `**Noted:** ${now}`
  const before = said.slice(0, -1)
  return before.length === 0
    ? "You have told me *nothing* so far."
    : `You told me:\n\n${before.map((text) => `- ${text}`).join("\n")}`
}

/** A story that is never at its end. */
const story = (request: ModelRequest) => {
  const [first = "", ...others] = eventsOf(request, { text: ["Once upon a time ", "and then ", "and then "] })
  const [more = first] = others
  return eventStream(
    Stream.concat(Stream.make(first), Stream.repeat(Stream.make(more), Schedule.spaced("200 millis")))
  )
}

/** Serves it as long as the scope. Answers its `baseUrl`. */
export const startModel = Effect.map(
  serveModel((request) => {
    const said = saidIn(request)
    const isStory = said.at(-1)?.includes("story") ?? false
    return Effect.succeed(isStory ? story(request) : say(request, { text: [answerTo(said)] }))
  }),
  ({ url }) => `${url}/v1`
)
