/** From what an owner wants to be sent to a delivery: first what it is, then with its files. */
import { Effect, Option } from "effect"
import { shown } from "../../layers/media/address.ts"
import type { Act } from "../../schemas/Act.ts"
import type { AuditEvent } from "../../schemas/Audit.ts"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import type { DeliveredReply, Delivery } from "../../schemas/Delivery.ts"
import { handPrefix } from "../../schemas/deliveryNames.ts"
import {
  AccountDisabled,
  AddressNotSent,
  NothingToSend,
  type UploadNotFound
} from "../../schemas/errors/control.ts"
import { type Destination, parse, print } from "../../schemas/Target.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { chooseAccount } from "./chooseAccount.ts"

/** Where the files of a message may come from, by the way on which it was asked for. */
export interface FileAccess {
  /** Folders in which files may lie, links followed. */
  readonly mediaRoots: ReadonlyArray<string>
  /** The path of a file, as it is named in the message. */
  readonly locate: (file: string) => Effect.Effect<string, UploadNotFound>
}

/** Whoever works on the machine as the gateway's user may send every file that it can read. */
export const EVERY_FILE: FileAccess = { mediaRoots: ["/"], locate: Effect.succeed }

/** What an owner wants to be sent, and where. */
export interface Judged {
  /** What the delivery is called. */
  readonly id: string
  readonly account: AccountConfig
  readonly target: Destination
  readonly text: string
  /** The paths of files, as they were named. */
  readonly files: ReadonlyArray<string>
  /** How the text is said, and what is said beside it, where the Mac can. */
  readonly manner?: Pick<DeliveredReply, "replyTo" | "effect" | "poll">
  /** What is done; the icon of a group by the path of its file, as it was named. */
  readonly acts?: ReadonlyArray<Act>
}

/** Refuses what cannot be sent, but for its files. */
export const judge = (request: SendRequest) =>
  Effect.gen(function* () {
    const account = yield* chooseAccount(yield* currentConfig, Option.fromNullable(request.account))
    if (!account.enabled) return yield* new AccountDisabled({ account: account.id })
    const target = yield* parse(request.to, account)
    const text = request.text ?? ""
    const files = request.files ?? []
    if (text.trim() === "" && files.length === 0) return yield* new NothingToSend()
    const name = request.id ?? (yield* Effect.sync(() => crypto.randomUUID()))
    // A name is one of its account: parts and files are known by the id alone.
    return {
      id: `${handPrefix(account.id, yield* AskedWith)}${name}`,
      account,
      target,
      text,
      files
    } satisfies Judged
  })

/** What the audit log keeps of it: not what it says. */
export const sentByHand = ({ account, acts, id, target }: Judged): AuditEvent => {
  const of = { accountId: account.id, deliveryId: id, target: print(target) }
  const [act] = acts ?? []
  return act === undefined ? { _tag: "MessageSent", ...of } : { _tag: "ActAsked", ...of, act: act._tag }
}

/** What is delivered of a text: nothing where there is none, nor anything beside it. */
const repliesOf = ({ manner = {}, text }: Judged, media: ReadonlyArray<string>) =>
  text === "" && media.length === 0 && manner.poll === undefined ? [] : [{ text, media, ...manner }]

/** What would be fetched for an agent. Who sends by hand could ask the gateway's network for whatever they like. */
const isAddress = (source: string): boolean =>
  !source.startsWith("/") && URL.canParse(source) && /^https?:$/u.test(new URL(source).protocol)

const fileOnly = (source: string): Effect.Effect<string, AddressNotSent> =>
  isAddress(source) ? new AddressNotSent({ address: shown(source) }) : Effect.succeed(source)

/** The delivery of what was judged, with copies of its files; a file that is refused refuses all of it. */
export const stage = (judged: Judged, { locate, mediaRoots }: FileAccess = EVERY_FILE) =>
  Effect.gen(function* () {
    const { account, acts = [], files, id, target } = judged
    const outboundFiles = yield* OutboundFiles
    const copy = (file: string, index: number) =>
      Effect.flatMap(Effect.flatMap(locate(file), fileOnly), (source) =>
        outboundFiles.stage({
          deliveryId: id,
          index,
          source,
          agent: { mediaRoots, mediaHosts: [] },
          maxBytes: bytesOfMb(account.mediaMaxMb)
        })
      )
    const withCopies = Effect.gen(function* () {
      const media = yield* Effect.forEach(files, copy)
      const staged = yield* Effect.forEach(acts, (act, index) =>
        act._tag === "SetIcon" && act.path !== undefined
          ? Effect.map(copy(act.path, files.length + index), (path): Act => ({ ...act, path }))
          : Effect.succeed(act)
      )
      return { media, staged }
    })
    const { media, staged } = yield* Effect.onError(withCopies, () => outboundFiles.release(id))
    const delivery: Delivery = {
      ...{ id, accountId: account.id, target, replies: repliesOf(judged, media) },
      ...(staged.length === 0 ? {} : { acts: staged })
    }
    return delivery
  })
