/** What a child cannot do, and what it only cannot do now. */
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { Code } from "../../../schemas/ImsgProtocol.ts"
import type { AskError } from "../../../services/Children.ts"

/** Whether a child answered that it cannot do what it was asked: of one chat or row it says nothing of the others. */
export const isRefusal = (error: AskError | StoreUnavailable): boolean =>
  (error._tag === "RpcFailed" && error.rpcCode !== Code.serverBusy) || error._tag === "ResponseTooLong"
