/** What the demo prints: one line for each thing that happens, with the time since it began. */
import { styleText } from "node:util"
import { Clock, Console, Context, Effect, Layer } from "effect"
import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import { Steering } from "../../../layers/terminal/TerminalConsole.ts"

/** Who a line is about. */
export type Actor = "gateway" | "person" | "assistant" | "owner" | "fault"

type Style = Parameters<typeof styleText>[0]

const LOOK: Readonly<Record<Actor, { readonly mark: string; readonly style: Style }>> = {
  gateway: { mark: "·", style: "gray" },
  person: { mark: "→", style: "cyan" },
  assistant: { mark: "←", style: "green" },
  owner: { mark: "✓", style: "yellow" },
  fault: { mark: "✗", style: "red" }
}

const NAME_WIDTH = 20
const TIME_WIDTH = 5
/** Where stdout does not say how wide it is. */
const DEFAULT_COLUMNS = 100

/** Words to lines of at most `width` characters; a longer word has a line of its own. */
const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split("\n").flatMap((paragraph) => {
    const lines: Array<string> = []
    for (const word of paragraph.split(" ")) {
      const last = lines.at(-1)
      if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
      else lines[lines.length - 1] = `${last} ${word}`
    }
    return lines
  })

export class Timeline extends Context.Tag("imsg-gateway/demo/Timeline")<
  Timeline,
  {
    readonly heading: (text: string) => Effect.Effect<void>
    /** `name` is who does it: a person, a chat, the gateway. */
    readonly entry: (actor: Actor, name: string, text: string) => Effect.Effect<void>
  }
>() {}

/** Colours only where stdout is a terminal that wants them. */
const wantsColour = (): boolean => process.stdout.isTTY === true && process.env.NO_COLOR === undefined

export const layer: Layer.Layer<Timeline> = Layer.effect(
  Timeline,
  Effect.gen(function* () {
    const begun = yield* Clock.currentTimeMillis
    const isColoured = wantsColour()
    const paint = (style: Style, text: string): string => (isColoured ? styleText(style, text) : text)
    return Timeline.of({
      heading: (text) => Console.log(new Steering(`\n${paint("bold", text)}`)),
      entry: (actor, name, text) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const { mark, style } = LOOK[actor]
          const time = ((now - begun) / 1000).toFixed(1).padStart(TIME_WIDTH)
          const who = oneLine(name).padEnd(NAME_WIDTH)
          const margin = `${time} s ${mark} ${who} `
          const width = (process.stdout.columns ?? DEFAULT_COLUMNS) - margin.length
          const [first = "", ...rest] = wrap(harmless(text), width)
          return Console.log(
            new Steering(
              [
                `${paint("dim", `${time} s`)} ${paint(style, `${mark} ${who}`)} ${first}`,
                ...rest.map((line) => `${" ".repeat(margin.length)}${line}`)
              ].join("\n")
            )
          )
        })
    })
  })
)
