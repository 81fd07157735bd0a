/** What was said, on the disk of a gateway that has nothing more to do with it. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { conversation, type Home, startGateway } from "../support/gateway.ts"
import { eventually } from "../support/simulator.ts"

const SECRET = "the words of a person"

/** The files of the state folder that hold the words; what is gone by the time it is read holds none. */
const filesWith = ({ stateDir }: Home) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const names = yield* fs.readDirectory(stateDir, { recursive: true })
    return yield* Effect.filter(names, (name) =>
      fs.readFile(join(stateDir, name)).pipe(
        Effect.map((bytes) => Buffer.from(bytes).includes(SECRET)),
        Effect.orElseSucceed(() => false)
      )
    )
  }).pipe(Effect.provide(NodeContext.layer))

const noneLeft = (home: Home) =>
  eventually("no file with the words", filesWith(home), (names) => names.length === 0, "20 seconds")

describe("what was said", () => {
  it.scopedLive("is in no file once it is answered, also by a gateway that was killed meanwhile", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation()
      yield* say(`first, ${SECRET}`)
      yield* say(`${SECRET} `.repeat(400))
      yield* imsg.awaitSent(4)
      yield* noneLeft(home)

      yield* say(`third, ${SECRET}`)
      yield* eventually("the words in the store", filesWith(home), (names) => names.length > 0)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* say(`fourth, ${SECRET}`)
      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      const sent = yield* imsg.awaitSent(6)
      expect(sent.filter(({ text }) => text.startsWith("echo: third"))).toHaveLength(1)
      yield* noneLeft(home)
      yield* second.signal("SIGTERM")
      expect(yield* second.exitCode).toBe(0)
      expect(yield* filesWith(home)).toEqual([])
    })
  )

  it.scopedLive("stays in a dead letter until that is dropped", () =>
    Effect.gen(function* () {
      const { gateway, home, say } = yield* conversation(
        {},
        { agents: { list: [{ id: "main", runtime: { type: "command", command: ["false"] } }] } }
      )
      yield* say(SECRET)
      yield* gateway.awaitLog(
        "the letter",
        ({ message }) => message === "the turn failed and is kept as a dead letter",
        { deadline: "40 seconds" }
      )
      expect(yield* run("deadletters", "list", "--config", home.configFile)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("agent_failed")
      })
      expect((yield* run("deadletters", "show", "1", "--config", home.configFile)).stdout).toContain(SECRET)
      yield* run("deadletters", "drop", "1", "--config", home.configFile)
      yield* noneLeft(home)
    })
  )
})
