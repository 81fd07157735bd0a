import { Effect } from "effect"
import type { Fault } from "../../../src/programs/simulator/Fault.ts"
import { eventually, makeSimulator, type SimulatorOptions } from "../../support/simulator.ts"
import { openClient } from "./client.ts"

export const ALICE = "+15555550123"

/** A database with these faults set, a direct chat with Alice, and a running client. */
export const setUp = (faults: ReadonlyArray<Fault> = [], options: SimulatorOptions = {}) =>
  Effect.gen(function* () {
    const simulator = yield* makeSimulator(options)
    const chat = yield* simulator.chats.addDirectChat({ handle: ALICE })
    yield* Effect.forEach(faults, simulator.chats.fault)
    const hear = (text: string) => simulator.chats.receive({ chatId: chat.id, sender: ALICE, text })
    return { ...simulator, chat, hear, client: yield* openClient(simulator) }
  })

export type World = Effect.Effect.Success<ReturnType<typeof setUp>>

/** Waits until the process has read such a request. */
export const requestRead = ({ chats }: World, method: string) =>
  eventually(`${method} to be read`, chats.recorded(), (all) =>
    all.some(({ event }) => event._tag === "request" && event.method === method)
  )

/** Waits until the process has acted on a fault. */
export const struck = ({ chats }: World, tag: Fault["_tag"]) =>
  eventually(`the fault ${tag}`, chats.recorded(), (all) =>
    all.some(({ event }) => event._tag === "fault" && event.fault === tag)
  )

/** The texts that the watch has brought. */
export const texts = ({ client }: World) =>
  Effect.map(client.messages, (all) => all.map(({ message }) => message.text))
