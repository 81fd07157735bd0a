/** From what a child says to the error that it means, over the three generations of imsg. */
import { Option, Schema } from "effect"
import { AUTOMATION, FULL_DISK_ACCESS, firstLine, lineWith } from "../../schemas/denials.ts"
import {
  ChildExited,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  RpcFailed
} from "../../schemas/errors/imsg.ts"
import type { SshFailed } from "../../schemas/errors/ssh.ts"
import { Code, Disposition, type ResponseError } from "../../schemas/ImsgProtocol.ts"
import type { ProcessExit } from "../../services/ProcessGroup.ts"
import { SSH_EXIT, sshFailureIn } from "../remote/sshFailure.ts"

const NO_RPC = /unknown command/iu

const ErrorDetail = Schema.Struct({ detail: Schema.String })
const decodeDisposition = Schema.decodeUnknownOption(Disposition)
const decodeDetail = Schema.decodeUnknownOption(ErrorDetail)

/** What an error response means. */
export const ofResponse = (
  method: string,
  error: ResponseError
): PermissionDenied | DatabaseUnavailable | RpcFailed => {
  const text =
    typeof error.data === "string"
      ? error.data
      : Option.match(decodeDetail(error.data), {
          onNone: () => error.message,
          onSome: ({ detail }) => detail
        })
  const failed = new RpcFailed({
    method,
    rpcCode: error.code,
    reason: error.message,
    ...(error.data === undefined ? {} : { data: error.data })
  })
  // Whatever else it says: that something may have been sent must not be read as a refusal.
  if (Option.exists(decodeDisposition(error.data), ({ retry_safe }) => !retry_safe)) return failed
  if (AUTOMATION.test(text)) {
    return new PermissionDenied({ permission: "Automation", detail: lineWith(AUTOMATION, text) })
  }
  if (FULL_DISK_ACCESS.test(text)) {
    return new PermissionDenied({ permission: "FullDiskAccess", detail: lineWith(FULL_DISK_ACCESS, text) })
  }
  if (error.code === Code.databaseUnavailable) return new DatabaseUnavailable({ detail: firstLine(text) })
  return failed
}

/**
 * What the end of a child means, by its exit and by the ends of what it printed for people. `host` is the Mac that it
 * runs on over SSH.
 */
export const ofExit = (ended: {
  readonly command: string
  readonly cliPath: string
  readonly host?: string | undefined
  readonly exit: ProcessExit | undefined
  readonly stdout: string
  readonly stderr: string
}): ChildExited | ImsgNotFound | ImsgUnsupported | PermissionDenied | SshFailed => {
  const said = `${ended.stdout}\n${ended.stderr}`
  const failed = ended.exit?.code !== undefined && ended.exit.code !== 0
  if (failed && FULL_DISK_ACCESS.test(said)) {
    return new PermissionDenied({ permission: "FullDiskAccess", detail: lineWith(FULL_DISK_ACCESS, said) })
  }
  if (failed && NO_RPC.test(said)) {
    return new ImsgUnsupported({ cliPath: ended.cliPath, detail: lineWith(NO_RPC, said) })
  }
  // What a shell says where a wrapper's program is missing or not executable.
  if (ended.exit?.code === 127 || ended.exit?.code === 126) {
    return new ImsgNotFound({
      cliPath: ended.cliPath,
      detail: firstLine(said) || `exit code ${ended.exit.code}`,
      ...(ended.host === undefined ? {} : { host: ended.host })
    })
  }
  if (ended.exit?.code === SSH_EXIT) {
    const ssh = sshFailureIn(ended.stderr, ended.host)
    if (Option.isSome(ssh)) return ssh.value
  }
  return new ChildExited({
    command: ended.command,
    ...(ended.exit?.code === undefined ? {} : { exitCode: ended.exit.code }),
    ...(ended.exit?.signal === undefined ? {} : { signal: ended.exit.signal }),
    stderr: ended.stderr.trim() === "" ? ended.stdout.slice(-500) : ended.stderr.slice(-2000)
  })
}
