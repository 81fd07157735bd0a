/**
 * What is in front of the HTTP server over TCP. A connection waits here, at the price of a socket, until it has shown
 * the head of a request. With the token or a session it is handed to the server as it is. Else it is a stranger's: one
 * request of it is answered, then it is over; who sends more, is slow, or is one too many is hung up on.
 */
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { Effect, Exit, Runtime, Schedule, type Scope } from "effect"
import { bodyLength, type Head, headOf, LONGEST_HEAD, type Search, searchEnd } from "./head.ts"
import { networkOf } from "./network.ts"
import { OneRequest } from "./OneRequest.ts"
import { overdue, type Stranger, type StrangerLimits, tooMany } from "./strangers.ts"

export interface LobbyLimits extends StrangerLimits {
  /** How long a stranger may take until the head of the request is there, and until it is answered, in ms. */
  readonly headWithinMs: number
  readonly answerWithinMs: number
  /** Connections that have shown the token or a session. */
  readonly known: number
}

/**
 * A share for strangers that costs some megabytes at the most. A browser opens six connections, and a program that asks a
 * hundred things at once so many: it is a stranger on each until it has said who it is, for which it may have to wait.
 */
export const LOBBY_LIMITS: LobbyLimits = {
  perNetwork: 128,
  overall: 256,
  headWithinMs: 5000,
  answerWithinMs: 15_000,
  known: 256
}

/**
 * Connections that the system holds before they are taken, which are all taken at once. Fewer than one network's share:
 * so none is dropped in the moment in which it came, before what it sent could be read.
 */
export const BACKLOG = 64

/** Lookups at the same time that strangers cause: a store that has to be waited for has others to answer as well. */
const LOOKUPS = 4

/** The longest body of a stranger's request, in bytes: the login form's. */
const LONGEST_BODY = 4096

const NOTHING = Buffer.alloc(0)

const SWEEP = "1 second"

const FULL =
  "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" +
  `${JSON.stringify({
    _tag: "TooManyConnections",
    code: "too_many_connections",
    message: "as many connections as there may be are open",
    hint: "Close pages and programs that ask this gateway, and try again."
  })}\n`

/** The smallest room for what a stranger says. */
const ROOM = 1024

interface Waiting extends Stranger {
  readonly socket: Socket
  until: number
  /** What was read is the first `size` bytes of `room`. */
  room: Buffer
  size: number
  /** How far the end of the head has come. */
  search: Search
}

/** Keeps what came, in one piece however small those are in which it comes; room is doubled, so it is seldom moved. */
const keep = (stranger: Waiting, chunk: Buffer): void => {
  const size = stranger.size + chunk.length
  if (size > stranger.room.length) {
    const room = Buffer.allocUnsafe(Math.max(size, 2 * stranger.room.length, ROOM))
    stranger.room.copy(room, 0, 0, stranger.size)
    stranger.room = room
  }
  chunk.copy(stranger.room, stranger.size)
  stranger.size = size
}

const readBy = ({ room, size }: Waiting): Buffer => room.subarray(0, size)

export interface Lobby {
  /** Takes a connection that was just made. */
  readonly receive: (socket: Socket) => void
}

/**
 * `isKnown` says whether a head shows the token or a session that is open: at once where the store is a file, later where
 * it is a server's; `serve` hands a connection to the HTTP server.
 */
export const makeLobby = <R>(options: {
  readonly isKnown: (head: Head) => Effect.Effect<boolean, never, R>
  readonly serve: (connection: Duplex) => void
  readonly limits: LobbyLimits
}): Effect.Effect<Lobby, never, Scope.Scope | R> =>
  Effect.gen(function* () {
    const { isKnown, limits, serve } = options
    const run = Runtime.runCallback(yield* Effect.runtime<R>())
    const lookups = yield* Effect.makeSemaphore(LOOKUPS)
    const clock = yield* Effect.clock
    const now = () => clock.unsafeCurrentTimeMillis()
    // In the order in which they came.
    const strangers = new Set<Waiting>()
    const known = new Set<Socket>()
    let isTrimming = false

    const drop = (stranger: Waiting): void => {
      strangers.delete(stranger)
      stranger.socket.destroy()
    }

    /** After what has come was read: who came in the same moment had no chance to show anything before. */
    const trim = (): void => {
      if (isTrimming) return
      isTrimming = true
      setImmediate(() => {
        isTrimming = false
        for (const stranger of tooMany(strangers, limits)) drop(stranger)
      })
    }

    const next = (stranger: Waiting, then: (chunk: Buffer) => void): void => {
      stranger.socket.once("data", (chunk: Buffer) => {
        keep(stranger, chunk)
        then(chunk)
      })
    }

    const handOver = (stranger: Waiting): void => {
      const { socket } = stranger
      strangers.delete(stranger)
      if (known.size >= limits.known) {
        socket.end(FULL, () => socket.destroy())
        return
      }
      known.add(socket)
      socket.once("close", () => known.delete(socket))
      socket.pause()
      socket.unshift(readBy(stranger))
      serve(socket)
      socket.resume()
    }

    /** One request, once it is there as a whole; of one that is longer the head, which is answered without the rest. */
    const answerOnce = (stranger: Waiting, size: number, isWhole: boolean): void => {
      const { socket } = stranger
      if (stranger.size < size) {
        next(stranger, () => answerOnce(stranger, size, isWhole))
      } else if (isWhole && stranger.size > size) {
        drop(stranger)
      } else {
        stranger.until = now() + limits.answerWithinMs
        if (isWhole) socket.once("data", () => drop(stranger))
        else socket.pause()
        serve(new OneRequest(socket, readBy(stranger).subarray(0, size), isWhole))
      }
    }

    const judged = (stranger: Waiting, head: Head, answer: Exit.Exit<boolean>): void => {
      if (Exit.isFailure(answer)) {
        drop(stranger)
      } else if (answer.value) {
        handOver(stranger)
      } else {
        const length = bodyLength(head)
        const isWhole = length !== undefined && length <= LONGEST_BODY
        answerOnce(stranger, isWhole ? head.end + length : head.end, isWhole)
      }
    }

    const judge = (stranger: Waiting, head: Head): void => {
      const { socket } = stranger
      let isWaitedFor = false
      let isAnswered = false
      const cancel = run(lookups.withPermits(1)(isKnown(head)), {
        onExit: (answer) => {
          isAnswered = true
          if (isWaitedFor) {
            socket.off("close", cancel)
            // Who was hung up on meanwhile is not there any more.
            if (!strangers.has(stranger)) return
            // Goes on once this is over, in which whoever listens next has said so.
            socket.resume()
          }
          judged(stranger, head, answer)
        }
      })
      if (isAnswered) return
      isWaitedFor = true
      // What comes meanwhile would be lost.
      socket.pause()
      socket.once("close", cancel)
      // They have shown what they had to: that the store takes its time is not theirs.
      stranger.until = now() + limits.answerWithinMs
    }

    const awaitHead = (stranger: Waiting): void =>
      next(stranger, (chunk) => {
        const found = searchEnd(chunk, stranger.search)
        if (typeof found === "number") {
          const head = headOf(readBy(stranger))
          if (head === undefined) drop(stranger)
          else judge(stranger, head)
        } else if (stranger.size >= LONGEST_HEAD) {
          drop(stranger)
        } else {
          stranger.search = found
          awaitHead(stranger)
        }
      })

    const receive = (socket: Socket): void => {
      const stranger: Waiting = {
        socket,
        network: networkOf(socket.remoteAddress ?? ""),
        until: now() + limits.headWithinMs,
        room: NOTHING,
        size: 0,
        search: "nothing"
      }
      strangers.add(stranger)
      socket.on("error", () => socket.destroy())
      socket.once("close", () => strangers.delete(stranger))
      awaitHead(stranger)
      trim()
    }

    yield* Effect.sync(() => {
      for (const stranger of overdue(strangers, now())) drop(stranger)
    }).pipe(Effect.repeat(Schedule.spaced(SWEEP)), Effect.interruptible, Effect.forkScoped)
    return { receive }
  })
