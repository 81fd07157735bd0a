/** The control server, as the page asks it. Its answers are of the types that its own schemas have. */
import type {
  AgentReport,
  ChatRecord,
  ConfigReport,
  LetterRecord,
  LetterWords,
  MessageRecord,
  PairingApprovalRecord,
  PairingRequestRecord,
  SettledPart,
  WaitingDelivery
} from "../schemas/control/Records.ts"
import type { SendResult } from "../schemas/control/Sending.ts"
import type { ConfigChange, PausedChatReport, Status } from "../schemas/control/Status.ts"
import type { Decision, Figures } from "../schemas/Decision.ts"
import type { PermissionRecord } from "../schemas/Permission.ts"
import { RequestFailed, unanswered } from "./failure.ts"
import type { ChatKey } from "./ofChat.ts"

export type PairingRequest = typeof PairingRequestRecord.Type
export type PairingApproval = typeof PairingApprovalRecord.Type

export interface Deliveries {
  readonly waiting: ReadonlyArray<WaitingDelivery>
  readonly settled: ReadonlyArray<SettledPart>
}

const PATIENCE_MS = 15_000
/** How long the gateway waits for the end of what is sent before it answers that it is under way. */
const SEND_WAIT_MS = 8000

const textIn = (body: unknown, key: string): string => {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined
  return typeof value === "string" ? value : ""
}

const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
  try {
    return await fetch(path, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } })
    })
  } catch (error) {
    throw unanswered(error, method, PATIENCE_MS)
  }
}

const answered = async (method: string, path: string, body?: unknown): Promise<Response> => {
  const response = await send(method, path, body)
  if (response.ok) return response
  const told: unknown = await response.json().catch(() => undefined)
  if (response.status === 401) location.replace("/login")
  throw new RequestFailed(
    response.status,
    textIn(told, "message") || `the gateway answered with status ${response.status}`,
    textIn(told, "hint"),
    textIn(told, "code")
  )
}

const read = async <A>(method: string, path: string, body?: unknown): Promise<A> =>
  (await answered(method, path, body)).json()

const part = encodeURIComponent

export const api = {
  status: () => read<Status>("GET", "/status"),
  deliveries: () => read<Deliveries>("GET", "/deliveries"),
  requests: () => read<ReadonlyArray<PairingRequest>>("GET", "/pairing"),
  approvals: () => read<ReadonlyArray<PairingApproval>>("GET", "/pairing/approvals"),
  permissions: () => read<ReadonlyArray<PermissionRecord>>("GET", "/permissions"),
  decided: () => read<ReadonlyArray<PermissionRecord>>("GET", "/permissions/decided"),
  letters: () => read<ReadonlyArray<LetterRecord>>("GET", "/deadletters"),
  letter: (id: number) => read<LetterWords>("GET", `/deadletters/${id}`),
  agents: () => read<ReadonlyArray<AgentReport>>("GET", "/agents"),
  config: () => read<ConfigReport>("GET", "/config"),
  figures: (hours: number, spans: number) =>
    read<ReadonlyArray<Figures>>("GET", `/figures?hours=${hours}&spans=${spans}`),
  chats: (account: string, limit: number) =>
    read<ReadonlyArray<ChatRecord>>("GET", `/chats?account=${part(account)}&limit=${limit}`),
  history: ({ accountId, id }: ChatKey, limit: number) =>
    read<ReadonlyArray<MessageRecord>>(
      "GET",
      `/chats/${id}/history?account=${part(accountId)}&limit=${limit}`
    ),
  decisions: ({ accountId, id }: ChatKey, limit: number) =>
    read<ReadonlyArray<Decision>>("GET", `/decisions?account=${part(accountId)}&chat=${id}&limit=${limit}`),
  /** `name` is what the delivery is called: the same one again is not sent twice. */
  send: ({ accountId, id }: ChatKey, name: string, text: string) =>
    read<SendResult>("POST", "/send", {
      ...{ account: accountId, to: `chat_id:${id}`, id: name, text, waitMs: SEND_WAIT_MS }
    }),
  restart: (id: string) => answered("POST", `/accounts/${part(id)}/restart`),
  resumeChat: (chat: Pick<PausedChatReport, "accountId" | "chat">) =>
    read<PausedChatReport>("POST", "/chats/resume", { accountId: chat.accountId, chat: chat.chat }),
  reload: () => read<ConfigChange>("POST", "/config/reload"),
  approve: (code: string) => read<PairingRequest>("POST", `/pairing/${part(code)}/approve`),
  reject: (code: string) => read<PairingRequest>("POST", `/pairing/${part(code)}/reject`),
  revoke: (who: Pick<PairingApproval, "accountId" | "sender">) => answered("POST", "/pairing/revoke", who),
  allow: (code: string) => read<PermissionRecord>("POST", `/permissions/${part(code)}/allow`),
  deny: (code: string) => read<PermissionRecord>("POST", `/permissions/${part(code)}/deny`),
  retry: (id: number, anyway: boolean) => read<LetterRecord>("POST", `/deadletters/${id}/retry`, { anyway }),
  drop: (id: number) => read<LetterRecord>("DELETE", `/deadletters/${id}`),
  logout: () => answered("POST", "/logout")
}
