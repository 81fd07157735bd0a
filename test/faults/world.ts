/** The people, the accounts and the agent of a round, and the gateway between them. */
import { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Option } from "effect"
import { type Chat, OWN_HANDLE } from "../../src/programs/simulator/ChatModel.ts"
import { makeHome, QUICK } from "../support/gateway.ts"
import { processOf } from "../support/processTable.ts"
import { isAlive, makeSimulator, type Simulator, signal } from "../support/simulator.ts"
import { makeHosts } from "./cluster/hosts.ts"
import { HOSTS, type HostName, type HostStep } from "./cluster/troubles.ts"
import { makeGatewayProcess } from "./gatewayProcess.ts"
import { AGENT_NAME, type ChatName } from "./messages.ts"
import { ACCOUNTS, type AccountId, type Schedule } from "./schedule.ts"
import { storeOnFile } from "./store.ts"

const PEOPLE = { ann: "+15555550111", ben: "+15555550112", cleo: "+15555550113" } as const
const STRANGER = "+15555550119"

/** Who writes in a chat; in the group it is Ann. */
export const senderOf = (chat: ChatName): string => {
  switch (chat) {
    case "self":
      return OWN_HANDLE
    case "stranger":
      return STRANGER
    case "group":
      return PEOPLE.ann
    default:
      return PEOPLE[chat]
  }
}

/** A message from before the first start, which is never answered. */
const BEFORE = "#0:1:plain# from before"

/**
 * Reads the turn as JSON, writes it down with its id, and answers `answer <n>.<part> of <parts>` in the thread of the
 * message, with a tapback. The number, the parts and the manner stand in the first message of the turn.
 */
const AGENT = `turn=$(cat)
printf '%s\\t%s\\n' "$GATEWAY_TURN_ID" "$turn" >> "$0/asked"
set -- $(printf '%s\\n' "$turn" | sed -n 's/^[^#]*#\\([0-9]*\\):\\([0-9]*\\):\\([a-z]*\\)#.*/\\1 \\2 \\3/p')
case $3 in
  slow) sleep 0.5;;
  flaky) if [ ! -e "$0/flaky-$1" ]; then : > "$0/flaky-$1"; echo "not yet" >&2; exit 3; fi;;
esac
part=1 replies=
while [ "$part" -le "\${2:-0}" ]; do
  replies="$replies\${replies:+,}{\\"text\\":\\"answer $1.$part of $2\\",\\"replyTo\\":true}"
  part=$((part + 1))
done
printf '{"replies":[%s],"reactions":[{"guid":true,"reaction":"like"}]}' "$replies"`

/** A text of an answer, taken apart; none for other texts. */
export const answerOf = (text: string): Option.Option<{ readonly n: number; readonly part: number }> => {
  const [, n, part] = /^answer (\d+)\.(\d+) of \d+$/.exec(text) ?? []
  return n === undefined || part === undefined
    ? Option.none()
    : Option.some({ n: Number(n), part: Number(part) })
}

const agent = (id: string, folder: string) => ({
  id,
  name: AGENT_NAME,
  runtime: { type: "command", format: "json", command: ["/bin/sh", "-c", AGENT, folder], timeoutMs: 60_000 }
})

const configOf = (
  { cluster, sharedSession }: Schedule,
  accounts: ReadonlyArray<AccountWorld>,
  folder: string
) => ({
  imessage: {
    ...QUICK,
    // The machine is busy with other tests: what is too short here would only test itself.
    supervision: { ...QUICK.supervision, requestTimeoutMs: 3000, sendTimeoutMs: 6000, stallMs: 1500 },
    catchUp: { maxRows: 100_000 },
    dmPolicy: "pairing",
    allowFrom: [...Object.values(PEOPLE), OWN_HANDLE],
    historyLimit: 5,
    accounts: Object.fromEntries(
      accounts.map(({ id, imsg, runsOn }) => [
        id,
        { cliPath: imsg.cliPath, dbPath: imsg.dbPath, ...(cluster ? { runsOn } : {}) }
      ])
    )
  },
  agents: { list: accounts.map(({ id }) => agent(id, folder)) },
  bindings: sharedSession
    ? []
    : accounts.map(({ id }) => ({ agentId: id, match: { channel: "imessage", accountId: id } })),
  messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
})

/** An account with the Messages behind it. */
export interface AccountWorld {
  readonly id: AccountId
  readonly imsg: Simulator
  readonly chats: Readonly<Record<ChatName, Chat>>
  /** The hosts of a cluster that may run it, the preferred one first. */
  readonly runsOn: ReadonlyArray<HostName>
}

const makeAccount = (
  { build, id }: (typeof ACCOUNTS)[number],
  main: string,
  { bridge, mirror }: Pick<Schedule, "bridge" | "mirror">
) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ build, main, debounceMs: null, bridge: bridge && id === "new" })
    const chats = yield* Effect.all({
      ann: imsg.chats.addDirectChat({ handle: PEOPLE.ann }),
      ben: imsg.chats.addDirectChat({ handle: PEOPLE.ben }),
      cleo: imsg.chats.addDirectChat({ handle: PEOPLE.cleo }),
      group: imsg.chats.addGroupChat({ handles: [PEOPLE.ann, PEOPLE.ben], name: "Hiking" }),
      self: imsg.chats.addDirectChat({ handle: OWN_HANDLE }),
      stranger: imsg.chats.addDirectChat({ handle: STRANGER })
    })
    yield* imsg.chats.receive({ chatId: chats.ann.id, sender: PEOPLE.ann, text: BEFORE })
    if (mirror) yield* imsg.chats.fault({ _tag: "mirror" })
    return { id, imsg, chats, runsOn: id === "old" ? HOSTS : HOSTS.toReversed() } satisfies AccountWorld
  })

/** The command line of a process; empty where there is none. */
const commandOf = (pid: number) =>
  Effect.map(processOf(pid), Option.match({ onNone: () => "", onSome: ({ command }) => command }))

/** The processes of an account that run, oldest first; a number that another process has taken over is left out. */
export const childrenOf = ({ imsg }: AccountWorld) =>
  Effect.flatMap(imsg.chats.recorded(), (events) =>
    Effect.filter(
      Arr.dedupe(events.flatMap(({ event, pid }) => (event._tag === "start" && isAlive(pid) ? [pid] : []))),
      (pid) => Effect.map(commandOf(pid), (command) => command.includes(imsg.dbPath))
    )
  )

/**
 * Lets what was stopped run on, and takes every fault back but the mirror, which is no fault but how Messages is. The
 * private bridge stays as it is: who has none is answered too.
 */
export const relieve = (account: AccountWorld, mirror: boolean) =>
  Effect.gen(function* () {
    // First: one that was stopped in the middle of a write keeps the database locked.
    yield* Effect.forEach(yield* childrenOf(account), (pid) => signal(pid, "SIGCONT"), { discard: true })
    yield* account.imsg.chats.clearFaults
    if (mirror) yield* account.imsg.chats.fault({ _tag: "mirror" })
  })

/** One gateway by itself, over a file. */
const makeAlone = (config: Readonly<Record<string, unknown>>, main: string, folder: string) =>
  Effect.gen(function* () {
    const home = yield* makeHome(config)
    return {
      homes: [home],
      gateway: yield* makeGatewayProcess(main, home.configFile, folder),
      store: storeOnFile(`${home.stateDir}/gateway.db`),
      suffer: (_: HostStep) => Effect.void
    }
  })

/** A round's world in folders of its own, with no gateway started. `main` is the built program. */
export const makeWorld = (schedule: Schedule, main: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-faults-" })
    const accounts = yield* Effect.forEach(ACCOUNTS, (account) => makeAccount(account, main, schedule))
    const config = configOf(schedule, accounts, folder)
    const gateways = yield* schedule.cluster
      ? makeHosts(config, main, folder)
      : makeAlone(config, main, folder)
    const account = (id: AccountId) => Arr.findFirst(accounts, (one) => one.id === id)
    return { folder, accounts, account, asked: `${folder}/asked`, ...gateways }
  })

export type World = Effect.Effect.Success<ReturnType<typeof makeWorld>>
