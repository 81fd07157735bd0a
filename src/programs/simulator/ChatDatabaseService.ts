import type { Effect, Option } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { Look } from "./bridge/Extras.ts"
import type { LiveMessages } from "./bridge/LiveMessages.ts"
import type {
  Attachment,
  Chat,
  ChatSelector,
  Inserted,
  Late,
  MessageRow,
  NewMessage,
  ReactionName,
  SentMessage,
  Service
} from "./ChatModel.ts"
import type { AfterQuery, HistoryQuery, SendStatus } from "./chatQueries.ts"
import type { Fault } from "./Fault.ts"
import type { Recorded, RecordedEvent } from "./Recorded.ts"
import type { SimulatorRefused } from "./SimulatorRefused.ts"
import type { ActiveFault } from "./simulatorTables.ts"

type Result<A> = Effect.Effect<A, StoreUnavailable>
type Written<A> = Effect.Effect<A, StoreUnavailable | SimulatorRefused>

/** A chat.db file, as Messages and the people in it see it. Several processes can have the same one open. */
export interface ChatDatabaseService extends LiveMessages {
  /** The path of the file. */
  readonly file: string
  /**
   * The direct chat with a handle, created where there is none. With `OWN_HANDLE`: the chat with oneself. `unified`, as
   * in newer versions of Messages: one chat for all services, whose guid begins with `any`.
   */
  readonly addDirectChat: (options: {
    readonly handle: string
    readonly service?: Service
    readonly unified?: boolean
  }) => Result<Chat>
  /** A new group; its guid has `;+;`. */
  readonly addGroupChat: (options: {
    readonly handles: ReadonlyArray<string>
    readonly name?: string
  }) => Result<Chat>
  /** The same group as a new chat, over another service: its identifier stays. */
  readonly continueGroup: (options: { readonly chatId: number; readonly service: Service }) => Result<Chat>
  /** A new thread of several people whose guid has no `;+;`, so that imsg calls it no group. */
  readonly addThread: (options: {
    readonly handles: ReadonlyArray<string>
    readonly name?: string
  }) => Result<Chat>
  /** A message from another person. With the fault `mirror`, in a chat with oneself, also its outgoing row. */
  readonly receive: (options: {
    readonly chatId: number
    readonly sender: string
    readonly text: string
    readonly attachments?: ReadonlyArray<Attachment>
    /** The guid of the message that this one replies to. */
    readonly replyTo?: string
    /** The guid of the message before it, where Messages writes that down. */
    readonly follows?: string
    /** The extension of Messages that made it, such as `com.apple.messages.URLBalloonProvider`. */
    readonly balloonBundleId?: string
    /** By which service, where its chat is one for all of them; that of its chat when absent. */
    readonly service?: Service
    /** What is not written yet, until `complete`. A file that comes late is the caller's to write late. */
    readonly without?: ReadonlyArray<Late>
    /** Unix milliseconds; now when absent. */
    readonly at?: number
  }) => Written<Inserted>
  /** An outgoing message, as Messages writes it. With the fault `mirror`, in a chat with oneself, also incoming. */
  readonly send: (options: {
    readonly chatId: number
    /** Of one's own choice, where it is not a new one. */
    readonly guid?: string
    readonly text: string
    readonly attachments?: ReadonlyArray<Attachment>
    /** The guid of the message that this one replies to. */
    readonly replyTo?: string
    readonly replyPart?: string
    readonly look?: Look
    readonly without?: ReadonlyArray<Late>
    readonly at?: number
  }) => Written<Inserted>
  /** Writes what a row was written without, or these parts of it, in one transaction; nothing where nothing is left. */
  readonly complete: (rowId: number, parts?: ReadonlyArray<Late>) => Result<void>
  /** A tapback on the message `to` (a guid), or its removal; `sender` null is the owner. */
  readonly react: (options: {
    readonly chatId: number
    readonly sender: string | null
    readonly to: string
    readonly reaction: ReactionName
    readonly emoji?: string
    readonly remove?: boolean
    /** Which part of the message, from 0 on. */
    readonly part?: number
  }) => Written<Inserted>
  /** Many rows in one transaction, in order. A message of a chat that does not exist makes none. */
  readonly insertMany: (messages: ReadonlyArray<NewMessage>) => Result<ReadonlyArray<Inserted>>
  /** Empties Messages' tables; rowids start over. Faults and the record stay. */
  readonly reset: Result<void>
  /** Chats with messages, newest first. */
  readonly chats: (limit: number) => Result<ReadonlyArray<Chat>>
  readonly chat: (selector: ChatSelector) => Result<Option.Option<Chat>>
  readonly history: (query: HistoryQuery) => Result<ReadonlyArray<MessageRow>>
  /** All messages, newest first, without their attachments. */
  readonly newest: Result<ReadonlyArray<MessageRow>>
  readonly after: (query: AfterQuery) => Result<ReadonlyArray<MessageRow>>
  /** 0 when there is no message. */
  readonly maxRowId: Result<number>
  readonly countAfter: (rowId: number) => Result<number>
  /** Outgoing rows above a rowid (all when absent), in order. */
  readonly sent: (since?: number) => Result<ReadonlyArray<SentMessage>>
  /** None for a guid that is no message. */
  readonly sendStatus: (guid: string) => Result<Option.Option<SendStatus>>
  readonly markRead: (chatId: number) => Result<void>
  /** Takes a guid for a tracked send; false where it was taken before. */
  readonly reserve: (guid: string) => Result<boolean>
  /** Sets a fault for whichever process meets it first. */
  readonly fault: (fault: Fault) => Result<void>
  readonly clearFaults: Result<void>
  readonly activeFaults: Result<ReadonlyArray<ActiveFault>>
  /** Uses up one of the times of a fault; false when another process was quicker. */
  readonly claim: (fault: ActiveFault) => Result<boolean>
  readonly record: (events: ReadonlyArray<RecordedEvent>) => Result<void>
  /** What happened, above a number (all when absent), in order. */
  readonly recorded: (after?: number) => Result<ReadonlyArray<Recorded>>
}
