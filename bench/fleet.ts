/**
 * Children in memory of many accounts, all in this process: what a host starts for each is a bridge, which carries bytes
 * between its own pipes and a socket here. A Node process for each would take 45 MB and a start of 40 ms.
 */
import { createServer, type Socket } from "node:net"
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import { emptyMemory, type Memory, speakInMemory } from "./imsgInMemory.ts"
import type { Place } from "./tally.ts"

/** Perl is on every Debian and every Mac, starts in 10 ms, and waits for both ends at once. */
const BRIDGE = `use Socket;
my ($path, $account, $host) = @ARGV;
socket(my $bench, PF_UNIX, SOCK_STREAM, 0) or exit 1;
connect($bench, sockaddr_un($path)) or exit 1;
my %to = (fileno($bench) => *STDOUT, fileno(STDIN) => $bench);
my %from = (fileno($bench) => $bench, fileno(STDIN) => *STDIN);
my $wanted = "";
vec($wanted, $_, 1) = 1 for keys %from;
syswrite $bench, "$account $host\\n";
while (1) {
  select(my $ready = $wanted, undef, undef, undef);
  for (keys %from) {
    next unless vec($ready, $_, 1);
    my $read = sysread $from{$_}, my $bytes, 65536;
    exit unless $read;
    for (my $at = 0; $at < $read;) {
      my $written = syswrite $to{$_}, $bytes, $read - $at, $at;
      exit unless defined $written;
      $at += $written;
    }
  }
}
`

/** The child that an account has now. */
interface Child {
  readonly host: string
  readonly notify: (chatId: number, text: string) => boolean
}

/** What is known of an account. The time is of `process.hrtime`, in milliseconds. */
interface Known {
  readonly subscribedAt: number
  readonly host: string
  readonly isGreeted: boolean
}

type OnSent = (place: Place, text: string, at: number) => void

const millis = (at: bigint) => Number(at) / 1e6

/** The first line of a socket, and what came behind it. */
const firstLine = (socket: Socket, onLine: (line: string) => void) => {
  let read = Buffer.alloc(0)
  const look = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk])
    const end = read.indexOf("\n")
    if (end < 0) return
    socket.off("data", look)
    socket.pause()
    if (end + 1 < read.length) socket.unshift(read.subarray(end + 1))
    onLine(read.subarray(0, end).toString())
    socket.resume()
  }
  socket.on("data", look)
}

/** Takes bridges in a folder until the scope closes. */
export const makeFleet = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bridge = `${folder}/bridge.pl`
    const path = `${folder}/fleet.sock`
    yield* fs.writeFileString(bridge, BRIDGE)
    const children = new Map<string, Child>()
    const known = new Map<string, Known>()
    const memories = new Map<string, Memory>()
    const sockets = new Set<Socket>()
    let connections = 0
    let lost = 0
    let onSent: OnSent | undefined

    const greet = (account: string, socket: Socket, host: string) => {
      const memory = memories.get(account) ?? emptyMemory()
      memories.set(account, memory)
      const notify = speakInMemory({
        memory,
        input: socket,
        output: socket,
        messages: `${account}-${++connections}`,
        chats: `${account}-chat`,
        own: `${account}@example.com`,
        onSubscribed: (at) => known.set(account, { subscribedAt: millis(at), host, isGreeted: false }),
        onGreeted: () => {
          const before = known.get(account)
          if (before !== undefined) known.set(account, { ...before, isGreeted: true })
        },
        onSent: (chatId, text, at) => onSent?.({ account, chatId }, text, millis(at))
      })
      const child = { host, notify }
      children.set(account, child)
      socket.once("close", () => {
        lost++
        if (children.get(account) === child) children.delete(account)
      })
    }
    yield* Effect.acquireRelease(
      Effect.async<ReturnType<typeof createServer>>((resume) => {
        const server = createServer((socket) => {
          sockets.add(socket)
          socket.once("close", () => sockets.delete(socket))
          // A bridge that was killed closes its end as it may.
          socket.on("error", () => {})
          firstLine(socket, (line) => {
            const [account = "", host = ""] = line.split(" ")
            greet(account, socket, host)
          })
        })
        server.listen(path, () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          for (const socket of sockets) socket.destroy()
        })
    )
    return {
      /** The arguments of a shell by which a host starts the child of an account. */
      commandOf: (account: string, host: string) => `perl ${bridge} ${path} ${account} ${host}`,
      /** How many children have ended so far. */
      lost: () => lost,
      /** Of each account that was subscribed, the last time. */
      known: (account: string) => known.get(account),
      notify: ({ account, chatId }: Place, text: string) => children.get(account)?.notify(chatId, text),
      /** Whoever hears of what is sent from now on. */
      hear: (listener: OnSent | undefined) => {
        onSent = listener
      }
    }
  })

/** What `makeFleet` gives. */
export type Fleet = Effect.Effect.Success<ReturnType<typeof makeFleet>>
