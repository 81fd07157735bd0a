/** What becomes of messages and groups that are there, by people in their Messages and by the private bridge. */
import type { Effect, Option } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { Inserted, MessageRow } from "../ChatModel.ts"
import type { SimulatorRefused } from "../SimulatorRefused.ts"
import type { BridgeSetting } from "./BridgeState.ts"
import type { PollOption } from "./Extras.ts"
import type { OptionName } from "./polls.ts"

type Result<A> = Effect.Effect<A, StoreUnavailable>
type Written<A> = Effect.Effect<A, StoreUnavailable | SimulatorRefused>

/** `sender` null is the owner. Guids are those of messages; without such a message it is refused. */
export interface LiveMessages {
  readonly message: (guid: string) => Result<Option.Option<MessageRow>>
  /** A poll with at least two options, in the order in which they are counted. */
  readonly poll: (options: {
    readonly chatId: number
    readonly sender: string | null
    readonly question: string
    readonly options: ReadonlyArray<string>
    readonly replyTo?: string
  }) => Written<Inserted & { readonly options: ReadonlyArray<PollOption> }>
  /** A vote in the poll that the message `poll` made, or its removal. */
  readonly vote: (options: {
    readonly poll: string
    readonly sender: string | null
    readonly option: OptionName
    readonly remove?: boolean
  }) => Written<Inserted>
  /** Another text in the place of a message's. No watch announces it: a row that is read again shows it. */
  readonly edit: (options: { readonly guid: string; readonly text: string }) => Written<void>
  /** A message taken back: its row stays and is empty. */
  readonly unsend: (guid: string) => Written<void>
  readonly renameChat: (chatId: number, name: string) => Result<void>
  readonly addParticipant: (chatId: number, handle: string) => Result<void>
  readonly removeParticipant: (chatId: number, handle: string) => Result<void>
  /** The owner leaves; the chat stays, with `hasLeft`. */
  readonly leaveChat: (chatId: number) => Result<void>
  /** The newest message that came in counts as not read. */
  readonly markUnread: (chatId: number) => Result<void>
  /** What was set of the private bridge of this Mac. */
  readonly bridge: Result<BridgeSetting>
  /** Sets it for every process, from its next request on; what is left out stays as it was. */
  readonly setBridge: (change: BridgeSetting) => Result<void>
}
