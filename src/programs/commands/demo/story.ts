/** What the demo shows: every kind of verdict, a model with a memory, and a child killed under the gateway. */
import { Effect } from "effect"
import { DemoFailed } from "./DemoFailed.ts"
import { AGENT, KIM, type Person, type Stage } from "./stage.ts"
import { Timeline } from "./Timeline.ts"

const ALEX: Person = { name: "Alex", handle: "+15555550123" }
const SAM: Person = { name: "Sam (Hiking)", handle: "+15555550124" }

/** A code, a welcome, and three answers; then three of a model, and two to commands. */
const SENT = 10

/** So that one can read along. */
const pause = Effect.sleep("500 millis")

const CODE = /[A-HJ-NP-Z2-9]{8}/u

/** The code in a pairing reply. */
const codeIn = (text: string): Effect.Effect<string, DemoFailed> => {
  const code = CODE.exec(text)?.[0]
  return code === undefined
    ? new DemoFailed({ awaited: "a pairing code in the reply to a stranger", log: text })
    : Effect.succeed(code)
}

/** Waits for the next answer, in which something must stand. */
const answerWith = (stage: Stage, chatId: number, expected: string) =>
  Effect.filterOrFail(
    stage.answer(KIM.name, chatId),
    (text) => text.includes(expected),
    (text) => new DemoFailed({ awaited: `an answer with "${expected}"`, log: text })
  )

const modelScene = (stage: Stage) =>
  Effect.gen(function* () {
    const timeline = yield* Timeline
    const kim = yield* stage.chats.addDirectChat({ handle: KIM.handle })
    const says = (text: string) => stage.says(KIM, kim.id, text)

    yield* timeline.heading(
      "A model remembers, is stopped in the middle of a story, and forgets when it is told to"
    )
    yield* says("My sister is called Ada.")
    yield* answerWith(stage, kim.id, "Noted: My sister is called Ada.")
    yield* says("What did I tell you?")
    yield* answerWith(stage, kim.id, "My sister is called Ada.")
    yield* pause
    yield* says("Tell me a very long story.")
    yield* pause
    yield* says("/stop")
    yield* answerWith(stage, kim.id, "Stopped")
    yield* says("/new")
    yield* stage.answer(KIM.name, kim.id)
    yield* says("What did I tell you?")
    yield* answerWith(stage, kim.id, "nothing")
    yield* pause
  })

export const story = (stage: Stage) =>
  Effect.gen(function* () {
    const timeline = yield* Timeline
    const alex = yield* stage.chats.addDirectChat({ handle: ALEX.handle })
    const hiking = yield* stage.chats.addGroupChat({ handles: [ALEX.handle, SAM.handle], name: "Hiking" })
    yield* stage.running(1)

    yield* timeline.heading("A stranger is met with a pairing code, and heard once the owner approves")
    yield* stage.says(ALEX, alex.id, "Hi, are you there?")
    const code = yield* codeIn(yield* stage.answer("Alex", alex.id))
    yield* pause
    yield* stage.approves(code)
    yield* stage.answer("Alex", alex.id)
    yield* stage.says(ALEX, alex.id, "And now?")
    yield* stage.answer("Alex", alex.id)
    yield* pause

    yield* timeline.heading(`A group is left alone until it mentions ${AGENT}`)
    yield* stage.says(SAM, hiking.id, "Who brings the map on Sunday?")
    yield* pause
    yield* stage.says(SAM, hiking.id, `@${AGENT} what about the weather?`)
    yield* stage.answer("Hiking", hiking.id)
    yield* pause

    yield* modelScene(stage)

    yield* timeline.heading("imsg is killed in mid-conversation; what is written meanwhile is answered")
    yield* stage.killImsg
    yield* stage.says(ALEX, alex.id, "Did that hurt?")
    yield* stage.answer("Alex", alex.id)
    yield* pause

    yield* timeline.heading("A clean stop")
    const exit = yield* stage.stop
    if (exit !== 0) return yield* new DemoFailed({ awaited: "exit code 0", log: `exit code ${exit}` })
    const sent = yield* stage.chats.sent()
    if (sent.length !== SENT) {
      return yield* new DemoFailed({ awaited: `${SENT} messages sent, and not ${sent.length}`, log: "" })
    }
    yield* timeline.heading(
      "That was everything: eleven messages in, ten out, none lost, none said twice, one left alone, one stopped."
    )
  })
