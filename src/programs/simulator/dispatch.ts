import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Schema } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { reportingDatabase } from "./Access.ts"
import type { Build } from "./Build.ts"
import type { ChatDatabase } from "./ChatDatabase.ts"
import type { Misbehaviour } from "./Misbehaviour.ts"
import { decodeParams, METHODS, type Method } from "./Params.ts"
import { methodNotFound, type Request, type ResponseError } from "./Rpc.ts"
import * as Reads from "./readMethods.ts"
import { Settings } from "./Settings.ts"
import { type Answer, send, sendTracked } from "./sendMethods.ts"
import type { Watch } from "./Watch.ts"
import { read, subscribe, typing, unsubscribe } from "./writeMethods.ts"

const isMethod = Schema.is(Schema.Literal(...METHODS))

const answer = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.map(effect, (result) => Option.some<Answer>({ result }))

type Performed = Effect.Effect<
  Option.Option<Answer>,
  ResponseError | StoreUnavailable,
  ChatDatabase | FileSystem.FileSystem | Misbehaviour | Path.Path | Settings | Watch
>

const perform = (build: Build, method: Method, params: unknown): Performed => {
  switch (method) {
    case "initialize":
      return answer(Effect.flatMap(decodeParams(build, (of) => of.initialize)(params), Reads.initialize))
    case "status":
      return answer(Effect.zipRight(decodeParams(build, (of) => of.status)(params), Reads.status))
    case "chats.list":
      return answer(Effect.flatMap(decodeParams(build, (of) => of["chats.list"])(params), Reads.listChats))
    case "chats.get":
      return answer(Effect.flatMap(decodeParams(build, (of) => of["chats.get"])(params), Reads.getChat))
    case "messages.search":
      return answer(Effect.flatMap(decodeParams(build, (of) => of["messages.search"])(params), Reads.search))
    case "messages.history":
      return answer(
        Effect.flatMap(decodeParams(build, (of) => of["messages.history"])(params), Reads.history)
      )
    case "messages.after":
      return answer(
        Effect.flatMap(decodeParams(build, (of) => of["messages.after"])(params), Reads.messagesAfter)
      )
    case "message.send_status":
      return answer(
        Effect.flatMap(decodeParams(build, (of) => of["message.send_status"])(params), Reads.sendStatus)
      )
    case "handles.check":
      return answer(
        Effect.flatMap(decodeParams(build, (of) => of["handles.check"])(params), Reads.checkHandle)
      )
    case "watch.subscribe":
      return Effect.asSome(
        Effect.flatMap(decodeParams(build, (of) => of["watch.subscribe"])(params), subscribe)
      )
    case "watch.unsubscribe":
      return answer(Effect.flatMap(decodeParams(build, (of) => of["watch.unsubscribe"])(params), unsubscribe))
    case "send":
      return Effect.flatMap(decodeParams(build, (of) => of.send)(params), send)
    case "send.tracked":
      return Effect.flatMap(decodeParams(build, (of) => of["send.tracked"])(params), sendTracked)
    case "typing":
      return answer(Effect.flatMap(decodeParams(build, (of) => of.typing)(params), typing))
    case "read":
      return answer(Effect.flatMap(decodeParams(build, (of) => of.read)(params), read))
  }
}

/** Whether a method waits its turn behind the other changes, in builds that read meanwhile. */
export const isMutation = (method: string): boolean =>
  ["send", "send.tracked", "typing", "read"].includes(method)

/** Carries out a request. None when it is never to be answered. */
export const dispatch = ({ method, params }: Request) =>
  Effect.flatMap(Settings, ({ build }) =>
    isMethod(method) && Reads.supportedMethods(build).includes(method)
      ? reportingDatabase(perform(build, method, params))
      : Effect.fail(methodNotFound(method))
  )
