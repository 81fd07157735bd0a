/** What an agent does to the group that it answers in, by its JSON: where its owner lets it, and nowhere else. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type SimulatorOptions } from "../support/simulator.ts"

const FRIEND = "+15555550112"
const OTHER = "+15555550113"

/** Answers every turn with a text and these changes of its group. */
const changing = (group: object) => ({
  id: "main",
  name: "Robin",
  runtime: {
    type: "command",
    format: "json",
    command: [
      "/bin/sh",
      "-c",
      `cat > /dev/null; echo '${JSON.stringify({ replies: [{ text: "done" }], group })}'`
    ]
  }
})

/** A gateway with an agent, a group, and somebody who writes in it or to the agent alone. */
const begun = (agent: object, options: SimulatorOptions = { bridge: true }) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator(options)
    const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, FRIEND], name: "Hiking" })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const home = yield* makeHome({ imessage: openAccount(imsg), agents: { list: [agent] } })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    const say = (chatId: number) =>
      imsg.chats.receive({ chatId, sender: PERSON, text: "Robin, do what you should" })
    const now = Effect.flatMap(imsg.chats.chat({ chatId: group.id }), (found) => found)
    return { imsg, gateway, group, chat, say, now }
  })

const all = { rename: "Walking", add: [OTHER], remove: [FRIEND], icon: null }
const AS_IT_WAS = { name: "Hiking", participants: [PERSON, FRIEND], hasLeft: false }

describe("an agent that may change groups", () => {
  it.scopedLive("changes that of its turn, behind what it says", () =>
    Effect.gen(function* () {
      const { group, imsg, now, say } = yield* begun({ ...changing(all), groupActions: true })
      yield* say(group.id)
      yield* eventually("the icon to be removed", imsg.asked("group.setIcon"), ({ length }) => length === 1)
      yield* eventually("the group", now, ({ participants }) => participants.includes(OTHER))
      yield* eventually("who goes", now, ({ participants }) => !participants.includes(FRIEND))
      expect(yield* now).toMatchObject({ name: "Walking", participants: [PERSON, OTHER] })
      expect(yield* imsg.chats.sent()).toMatchObject([{ chatId: group.id, text: "done" }])
      const changes = (yield* imsg.chats.recorded()).flatMap(({ event }) =>
        event._tag === "request" && /^(?:send|group)/u.test(event.method) ? [event.method] : []
      )
      expect(changes).toEqual([
        "send.tracked",
        "group.rename",
        "group.setIcon",
        "group.addParticipant",
        "group.removeParticipant"
      ])
    })
  )

  it.scopedLive("leaves it once its word is said, and what is to be said there later is tried", () =>
    Effect.gen(function* () {
      const { group, imsg, now, say } = yield* begun({ ...changing({ leave: true }), groupActions: true })
      yield* say(group.id)
      yield* eventually("the end", now, ({ hasLeft }) => hasLeft)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["done"])
      // Who was brought back can be answered: nothing remembers that the account has left.
      yield* say(group.id)
      yield* imsg.awaitSent(2)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["done", "done"])
    })
  )

  it.scopedLive("does so in no direct chat, and the log says that it did not", () =>
    Effect.gen(function* () {
      const { chat, gateway, imsg, now, say } = yield* begun({ ...changing(all), groupActions: true })
      yield* say(chat.id)
      yield* imsg.awaitSent(1)
      yield* gateway.awaitLog("the warning", ({ message }) =>
        `${message}`.includes("the turn is of no group")
      )
      expect(yield* now).toMatchObject(AS_IT_WAS)
    })
  )

  it.scopedLive("does nothing where the Mac cannot, and its words go", () =>
    Effect.gen(function* () {
      const { gateway, group, imsg, now, say } = yield* begun({ ...changing(all), groupActions: true }, {})
      yield* say(group.id)
      yield* imsg.awaitSent(1)
      yield* say(group.id)
      yield* imsg.awaitSent(2)
      expect(yield* now).toMatchObject(AS_IT_WAS)
      expect(yield* gateway.output).not.toContain("dead letter")
    })
  )
})

describe("an agent whose owner has not said so", () => {
  it.scopedLive("changes no group, and the log says which key would let it", () =>
    Effect.gen(function* () {
      const { gateway, group, imsg, now, say } = yield* begun(changing(all))
      yield* say(group.id)
      yield* imsg.awaitSent(1)
      yield* gateway.awaitLog("the warning", ({ message }) => `${message}`.includes("groupActions"))
      yield* say(group.id)
      yield* imsg.awaitSent(2)
      expect(yield* now).toMatchObject(AS_IT_WAS)
    })
  )
})
