/** From what an owner wants to be sent to a delivery. */
import { Effect, Option } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import type { SendRequest } from "../../schemas/control/Sending.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import { AccountDisabled, NothingToSend } from "../../schemas/errors/control.ts"
import { parse, type Target } from "../../schemas/Target.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { chooseAccount } from "../chats/chooseAccount.ts"

/** Whoever may command the gateway may send every file that it can read, and none from elsewhere. */
const OWNER = { mediaRoots: ["/"], mediaHosts: [] }

export interface Prepared {
  readonly account: AccountConfig
  readonly target: Target
  readonly delivery: Delivery
}

/** Judges a request, and copies its files; a file that is refused refuses the request. */
export const prepare = (request: SendRequest) =>
  Effect.gen(function* () {
    const { accounts } = yield* currentConfig
    const account = yield* chooseAccount(accounts, Option.fromNullable(request.account))
    if (!account.enabled) return yield* new AccountDisabled({ account: account.id })
    const target = yield* parse(request.to, account)
    const text = request.text ?? ""
    const files = request.files ?? []
    if (text.trim() === "" && files.length === 0) return yield* new NothingToSend()
    const name = request.id ?? (yield* Effect.sync(() => crypto.randomUUID()))
    const id = `send:${name}`
    const outboundFiles = yield* OutboundFiles
    const media = yield* Effect.forEach(files, (source, index) =>
      outboundFiles.stage({
        deliveryId: id,
        index,
        source,
        agent: OWNER,
        maxBytes: bytesOfMb(account.mediaMaxMb)
      })
    ).pipe(Effect.onError(() => outboundFiles.release(id)))
    const delivery: Delivery = { id, accountId: account.id, target, replies: [{ text, media }] }
    return { account, target, delivery } satisfies Prepared
  })
