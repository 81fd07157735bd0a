/** From `SIGKILL` of the child to the next answer. */
import { Effect } from "effect"
import type { SimulatorSubject } from "./simulator.ts"
import { CHATS, type MemorySubject } from "./subject.ts"

const killNow = (pid: number) => Effect.sync(() => process.kill(pid, "SIGKILL"))

/** Milliseconds of each of `tries`; a message waits for every child that subscribes. */
export const measureRecovery = (subject: MemorySubject, tries: number) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    let pid = subject.childPid
    while (times.length < tries) {
      // Once its first child has been healthy for a moment, every failure counts as the first.
      yield* Effect.sleep("200 millis")
      const killedAt = process.hrtime.bigint()
      yield* killNow(pid)
      pid = (yield* subject.control.next("Subscribed")).pid
      const { at } = yield* subject.control.next("Greeted")
      times.push(Number(at - killedAt) / 1e6)
    }
    return times
  }).pipe(subject.explaining)

/** The same with the simulator; a message comes right after the kill. */
export const measureRecoveryOnSimulator = (subject: SimulatorSubject, tries: number) =>
  Effect.gen(function* () {
    const { chats, request } = subject
    const times: Array<number> = []
    let pid = subject.childPid
    while (times.length < tries) {
      yield* Effect.sleep("200 millis")
      const recorded = (yield* chats.recorded()).at(-1)?.id
      const killedAt = Date.now()
      yield* killNow(pid)
      yield* chats.receive({
        chatId: 1 + (times.length % CHATS),
        sender: "+15555550123",
        text: `after kill ${pid}`
      })
      const sent = yield* request("send", recorded)
      pid = sent.pid
      times.push(sent.at - killedAt)
    }
    return times
  }).pipe(subject.explaining)
