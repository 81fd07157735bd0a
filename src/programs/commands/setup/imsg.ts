/** The `imsg` of `setup`: where it is, what it may, and what is sent through it. */
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Either, Option, Stream } from "effect"
import { decode } from "../../../layers/config/ConfigFile.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { SetupStuck } from "../../../schemas/errors/setup.ts"
import { Methods } from "../../../schemas/ImsgProtocol.ts"
import { parse, type Target, toSendTarget } from "../../../schemas/Target.ts"
import { feed, ProcessGroup } from "../../../services/ProcessGroup.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"
import { examineAccount } from "../doctor/account.ts"
import { sendFailure } from "../doctor/childChecks.ts"
import { shakeHands } from "../doctor/handshake.ts"
import { findProgram } from "../doctor/program.ts"
import { configText } from "./configText.ts"
import type { Known } from "./Known.ts"

/** How people write a Mac that is reached by SSH; nothing of it can be taken for an option, or for a shell's. */
const REMOTE = /^[\w.+-]+@[A-Za-z0-9][\w.:-]*$/u
/** How long a Mac may take to say where its imsg is, in ms. */
const WHERE_WITHIN_MS = 15_000
/** Where Homebrew puts it. A command over SSH has not the PATH of a terminal. */
const USUAL = ["/opt/homebrew/bin/imsg", "/usr/local/bin/imsg"]
const [FIRST = "imsg"] = USUAL

const stuck = (problem: string, remedy: string) => new SetupStuck({ step: "imsg", problem, remedy })

const SSH = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"] as const

/** Where imsg is on a Mac; where that says nothing, where Homebrew puts it: what is wrong is found out by running it. */
const whereOn = (host: string) =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const [ssh, ...options] = SSH
    const look = `command -v imsg; for f in ${USUAL.join(" ")}; do [ -x "$f" ] && echo "$f"; done; true`
    const child = yield* groups.spawn(Command.make(ssh, ...options, host, look))
    yield* feed(child, Stream.empty)
    const line = yield* child.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((text) => /^\/[\w./+-]+$/u.test(text)),
      Stream.runHead
    )
    return Option.getOrElse(line, () => FIRST)
  }).pipe(
    Effect.scoped,
    Effect.timeout(WHERE_WITHIN_MS),
    Effect.orElseSucceed(() => FIRST)
  )

const surroundings = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const nodePath = yield* Effect.orElseSucceed(fs.realPath(process.execPath), () => process.execPath)
  return { env: process.env, nodePath }
})

/** The account as it is, or as it would be written. */
const accountOf = ({ file, imsg, written }: Known): Effect.Effect<AccountConfig, SetupStuck> => {
  const unusable = (error: { readonly message: string; readonly hint: string }) =>
    stuck(error.message, error.hint)
  if (written !== undefined) {
    const enabled = written.config.accounts.find((account) => account.enabled)
    return chooseAccount(written.config, Option.none()).pipe(
      Effect.catchAll((error) => (enabled === undefined ? Effect.fail(error) : Effect.succeed(enabled))),
      Effect.mapError(unusable)
    )
  }
  const text = configText({ cliPath: imsg ?? "imsg", agent: undefined, owner: undefined })
  return Either.flatMap(decode({ text, file, env: process.env }), ({ accounts: [account] }) =>
    account === undefined ? Either.left(stuck("no account", "Name an account.")) : Either.right(account)
  ).pipe(Effect.mapError(unusable))
}

/** Takes an answer for where imsg is: a command, or a Mac. An empty one looks for it again. */
export const takeImsg = (known: Known, answer: string) =>
  Effect.gen(function* () {
    const wanted = answer.trim() === "" ? "imsg" : answer.trim()
    const path = yield* Path.Path
    const command = REMOTE.test(wanted)
      ? [...SSH, wanted, yield* whereOn(wanted)].join(" ")
      : wanted.startsWith("./") || wanted.startsWith("../")
        ? path.resolve(wanted)
        : wanted
    const account = yield* accountOf({ ...known, imsg: command })
    yield* findProgram(account, process.env).pipe(
      Effect.mapError(({ hint, message }) => stuck(message, hint))
    )
    return { ...known, imsg: command, checks: undefined } satisfies Known
  })

/** Looks at it as `doctor` does. */
export const examine = (known: Known) =>
  Effect.gen(function* () {
    const account = yield* accountOf(known)
    const { checks } = yield* examineAccount({
      account,
      surroundings: yield* surroundings,
      sendTo: undefined
    })
    return { ...known, checks } satisfies Known
  })

/** The handle that somebody writes as their own. */
export const handleIn = (known: Known, written: string) =>
  Effect.gen(function* () {
    const account = yield* accountOf(known)
    const target = yield* parse(written, { region: account.region, service: "imessage" }).pipe(
      Effect.mapError(
        ({ hint, message }) => new SetupStuck({ step: "Owner", problem: message, remedy: hint })
      )
    )
    return target._tag === "Handle"
      ? target.handle
      : yield* new SetupStuck({
          step: "Owner",
          problem: `${written} is a chat, and nobody's number`,
          remedy: "Write a phone number with its country code, or an email."
        })
  })

/** Sends a text through a child of its own, where no config is written yet that a gateway could run with. */
export const sendByChild = (known: Known, handle: string, text: string) =>
  Effect.gen(function* () {
    const account = yield* accountOf(known)
    const here = yield* surroundings
    const failure = (problem: string, remedy: string) => new SetupStuck({ step: "Owner", problem, remedy })
    const program = yield* findProgram(account, here.env).pipe(
      Effect.mapError(({ hint, message }) => failure(message, hint))
    )
    const subject = { account, program, surroundings: here }
    const handshake = yield* shakeHands(account)
    if (!("session" in handshake)) {
      return yield* failure("imsg does not answer", "`imsg-gateway doctor` says why.")
    }
    const target: Target = { _tag: "Handle", handle, service: "imessage" }
    yield* handshake.session
      .request(
        Methods.send,
        { ...toSendTarget(target, account.region), text },
        account.supervision.sendTimeoutMs
      )
      .pipe(
        Effect.mapError((error) => sendFailure(subject, error)),
        Effect.mapError(({ detail, remedy }) => failure(detail, remedy ?? "`imsg-gateway doctor` says more."))
      )
  }).pipe(Effect.scoped)
