/** The demo as a conversation with whoever sits at the terminal. */
import { Terminal } from "@effect/platform"
import { Console, Effect, Either } from "effect"
import { AGENT, type Person, type Stage, type StageError } from "./stage.ts"

const YOU: Person = { name: "you", handle: "+15555550199" }

const HELP = `Type a message and press Enter; you are a stranger to the assistant until you are approved.
  /approve CODE   admit yourself, as the owner would
  /group TEXT     write to a group instead (it only answers when ${AGENT} is mentioned)
  /kill           kill imsg under the gateway
  /quit           stop`

export const interactive = (stage: Stage) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal.Terminal
    const direct = yield* stage.chats.addDirectChat({ handle: YOU.handle })
    const group = yield* stage.chats.addGroupChat({ handles: [YOU.handle, "+15555550124"], name: "Hiking" })
    yield* stage.running(1)
    yield* Console.log(`\n${HELP}\n`)
    yield* stage.showAnswers.pipe(Effect.forkScoped)

    const obey = (line: string): Effect.Effect<void, StageError> => {
      const [command = "", ...words] = line.split(" ")
      const rest = words.join(" ")
      switch (command) {
        case "/approve":
          return stage.approves(rest.trim())
        case "/group":
          return stage.says(YOU, group.id, rest)
        case "/kill":
          return stage.killImsg
        default:
          return command.startsWith("/") ? Console.log(HELP) : stage.says(YOU, direct.id, line)
      }
    }

    while (true) {
      // Ctrl-D and Ctrl-C end the conversation, not the clean stop after it.
      const line = yield* Effect.either(terminal.readLine)
      if (Either.isLeft(line) || line.right.trim() === "/quit") break
      if (line.right.trim() === "") continue
      yield* obey(line.right.trim())
    }
    yield* stage.stop
  }).pipe(Effect.scoped)
