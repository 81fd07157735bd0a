/** The control server, as the page asks it. Its answers are of the types that its own schemas have. */
import type {
  LetterRecord,
  PairingApprovalRecord,
  PairingRequestRecord,
  SettledPart,
  WaitingDelivery
} from "../schemas/control/Records.ts"
import type { ConfigChange, PausedChatReport, Status } from "../schemas/control/Status.ts"

export type PairingRequest = typeof PairingRequestRecord.Type
export type PairingApproval = typeof PairingApprovalRecord.Type

export interface Deliveries {
  readonly waiting: ReadonlyArray<WaitingDelivery>
  readonly settled: ReadonlyArray<SettledPart>
}

/** What the gateway refused, or that it could not be asked. `status` is 0 where no answer came. */
export class RequestFailed extends Error {
  readonly status: number
  readonly hint: string
  constructor(status: number, message: string, hint: string) {
    super(message)
    this.status = status
    this.hint = hint
  }
}

const PATIENCE_MS = 15_000

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
  } catch {
    throw new RequestFailed(
      0,
      "the gateway did not answer",
      "Is it running? The page tries to reach it again by itself."
    )
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
    textIn(told, "hint")
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
  letters: () => read<ReadonlyArray<LetterRecord>>("GET", "/deadletters"),
  restart: (id: string) => answered("POST", `/accounts/${part(id)}/restart`),
  resumeChat: (chat: Pick<PausedChatReport, "accountId" | "chat">) =>
    read<PausedChatReport>("POST", "/chats/resume", { accountId: chat.accountId, chat: chat.chat }),
  reload: () => read<ConfigChange>("POST", "/config/reload"),
  approve: (code: string) => read<PairingRequest>("POST", `/pairing/${part(code)}/approve`),
  reject: (code: string) => read<PairingRequest>("POST", `/pairing/${part(code)}/reject`),
  revoke: (who: Pick<PairingApproval, "accountId" | "sender">) => answered("POST", "/pairing/revoke", who),
  retry: (id: number, anyway: boolean) => read<LetterRecord>("POST", `/deadletters/${id}/retry`, { anyway }),
  drop: (id: number) => read<LetterRecord>("DELETE", `/deadletters/${id}`),
  logout: () => answered("POST", "/logout")
}
