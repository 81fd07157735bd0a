import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option, type Schema } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { reportingDatabase } from "./Access.ts"
import type { Build } from "./Build.ts"
import { refusedByHelper } from "./bridge/call.ts"
import * as Chats from "./bridge/chatMethods.ts"
import * as Messages from "./bridge/messageMethods.ts"
import * as Polls from "./bridge/pollMethods.ts"
import * as Presence from "./bridge/presenceMethods.ts"
import * as Rich from "./bridge/richMethods.ts"
import type { ChatDatabase } from "./ChatDatabase.ts"
import type { Misbehaviour } from "./Misbehaviour.ts"
import { methodOf } from "./methods.ts"
import { decodeParams, type Method, type Schemas } from "./Params.ts"
import { methodNotFound, type Request, type ResponseError } from "./Rpc.ts"
import * as Reads from "./readMethods.ts"
import { Settings } from "./Settings.ts"
import type { SimulatorRefused } from "./SimulatorRefused.ts"
import { type Answer, send, sendTracked } from "./sendMethods.ts"
import * as Status from "./statusMethods.ts"
import * as Subscriptions from "./subscriptionMethods.ts"
import type { Watch } from "./Watch.ts"

type Services = ChatDatabase | FileSystem.FileSystem | Misbehaviour | Path.Path | Settings | Watch
type Failure = ResponseError | StoreUnavailable | SimulatorRefused

/** Carries out a request with these parameters, as they came. None when it is never to be answered. */
type Handler = (build: Build, params: unknown) => Effect.Effect<Option.Option<Answer>, Failure, Services>

/** A method that may say what follows its answer, or that it is never answered. */
const carryingOut =
  <A, I>(
    select: (of: Schemas) => Schema.Schema<A, I>,
    run: (params: A) => Effect.Effect<Option.Option<Answer>, Failure, Services>
  ): Handler =>
  (build, params) =>
    Effect.flatMap(decodeParams(build, select)(params), run)

/** A method that is always answered. */
const answering = <A, I>(
  select: (of: Schemas) => Schema.Schema<A, I>,
  run: (params: A) => Effect.Effect<unknown, Failure, Services>
): Handler =>
  carryingOut(select, (params) => Effect.map(run(params), (result) => Option.some<Answer>({ result })))

const HANDLERS: { readonly [M in Method]: Handler } = {
  initialize: answering((of) => of.initialize, Status.initialize),
  status: answering(
    (of) => of.status,
    () => Status.status
  ),
  "chats.list": answering((of) => of["chats.list"], Reads.listChats),
  "chats.get": answering((of) => of["chats.get"], Reads.getChat),
  "messages.search": answering((of) => of["messages.search"], Reads.search),
  "messages.history": answering((of) => of["messages.history"], Reads.history),
  "messages.after": answering((of) => of["messages.after"], Reads.messagesAfter),
  "message.send_status": answering((of) => of["message.send_status"], Reads.sendStatus),
  "handles.check": answering((of) => of["handles.check"], Presence.checkHandle),
  "watch.subscribe": carryingOut(
    (of) => of["watch.subscribe"],
    (params) => Effect.asSome(Subscriptions.subscribe(params))
  ),
  "watch.unsubscribe": answering((of) => of["watch.unsubscribe"], Subscriptions.unsubscribe),
  send: carryingOut((of) => of.send, send),
  "send.tracked": carryingOut((of) => of["send.tracked"], sendTracked),
  "send.rich": carryingOut((of) => of["send.rich"], Rich.sendRich),
  "send.attachment": carryingOut((of) => of["send.attachment"], Rich.sendAttachment),
  tapback: carryingOut((of) => of.tapback, Messages.tapback),
  "message.edit": carryingOut((of) => of["message.edit"], Messages.edit),
  "message.unsend": carryingOut((of) => of["message.unsend"], Messages.unsend),
  "poll.send": carryingOut((of) => of["poll.send"], Polls.sendPoll),
  "poll.vote": carryingOut((of) => of["poll.vote"], Polls.vote),
  "poll.unvote": carryingOut((of) => of["poll.unvote"], Polls.unvote),
  "chats.create": carryingOut((of) => of["chats.create"], Chats.create),
  "chats.markUnread": carryingOut((of) => of["chats.markUnread"], Chats.markUnread),
  "group.rename": carryingOut((of) => of["group.rename"], Chats.rename),
  "group.setIcon": carryingOut((of) => of["group.setIcon"], Chats.setIcon),
  "group.addParticipant": carryingOut((of) => of["group.addParticipant"], Chats.addParticipant),
  "group.removeParticipant": carryingOut((of) => of["group.removeParticipant"], Chats.removeParticipant),
  "group.leave": carryingOut((of) => of["group.leave"], Chats.leave),
  "typing.start": carryingOut((of) => of["typing.start"], Presence.typing("typing.start")),
  "typing.stop": carryingOut((of) => of["typing.stop"], Presence.typing("typing.stop")),
  typing: carryingOut((of) => of.typing, Presence.typing("typing")),
  read: carryingOut((of) => of.read, Presence.read)
}

/** Carries out a request. None when it is never to be answered. */
export const dispatch = ({ method: name, params }: Request) =>
  Effect.flatMap(Settings, ({ build }) => {
    const method = methodOf(build, name)
    if (method === undefined) return Effect.fail(methodNotFound(name))
    return reportingDatabase(HANDLERS[method](build, params)).pipe(
      Effect.catchTag("SimulatorRefused", ({ detail }) => refusedByHelper(method, detail))
    )
  })
