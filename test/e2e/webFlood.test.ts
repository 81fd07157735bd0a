/** The web page under those who have no token: whatever they do, messages are answered, and the owner gets in. */
import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { eventually } from "../support/simulator.ts"
import { askPort, cookieOf, signIn, TOKEN, webGateway } from "../support/webPage.ts"

const bearer = { authorization: `Bearer ${TOKEN}` }
/** Requests without a token, as many as are read at once. */
const PIPELINE = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1500)

/**
 * Keeps so many connections that say something as often as they can, never read, and are made again when they are
 * closed, for as long as the scope. `dialled` is how many there were.
 */
const crowd = (port: number, count: number, said: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const open = new Set<ReturnType<typeof connect>>()
      let isOver = false
      let dialled = 0
      const dial = (): void => {
        if (isOver) return
        dialled++
        const socket = connect(port, "127.0.0.1")
        open.add(socket)
        const speak = (): void => {
          if (said !== "" && socket.writable) socket.write(said, () => setTimeout(speak, 1))
        }
        socket.pause()
        socket.on("connect", speak)
        socket.on("error", () => undefined)
        socket.once("close", () => {
          open.delete(socket)
          setTimeout(dial, 10)
        })
      }
      for (let each = 0; each < count; each++) dial()
      return {
        dialled: Effect.sync(() => dialled),
        end: () => {
          isOver = true
          for (const socket of open) socket.destroy()
        }
      }
    }),
    ({ end }) => Effect.sync(end)
  )

/** The most memory that a process had, in MB. */
const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0") / 1024

describe("strangers on the web page's port", () => {
  it.scopedLive(
    "neither stop messages nor keep the owner out, in a heap that is small",
    () =>
      Effect.gen(function* () {
        const { awaitPage, gateway, imsg, port, say } = yield* webGateway(
          {},
          {},
          { env: { NODE_OPTIONS: "--max-old-space-size=128" } }
        )
        yield* awaitPage()
        const cookie = cookieOf(yield* signIn(port))
        const answered = (text: string) =>
          Effect.gen(function* () {
            yield* say(text)
            yield* imsg.awaitSent((sent) => sent.some(({ text: reply }) => reply === `echo: ${text}`))
          }).pipe(
            Effect.timed,
            Effect.map(([took]) => Duration.toMillis(took))
          )
        const lets = (path: string, headers: Readonly<Record<string, string>>) =>
          Effect.map(Effect.timeout(askPort(port, { path, headers }), "5 seconds"), ({ status }) => status)

        const quiet = yield* answered("before")
        // A thousand requests at once and never a look at the answers.
        yield* Effect.gen(function* () {
          const { dialled } = yield* crowd(port, 250, PIPELINE)
          yield* Effect.sleep("1 second")
          expect(yield* answered("during")).toBeLessThan(quiet + 5000)
          expect(yield* lets("/status", { cookie })).toBe(200)
          expect(yield* lets("/status", bearer)).toBe(200)
          yield* Effect.sleep("1 second")
          expect(yield* dialled).toBeGreaterThan(250)
        }).pipe(Effect.scoped)
        // Three hundred that say nothing at all.
        yield* Effect.gen(function* () {
          yield* crowd(port, 300, "")
          yield* Effect.sleep("1 second")
          expect(yield* lets("/login", {})).toBe(200)
          expect((yield* Effect.timeout(signIn(port), "5 seconds")).status).toBe(204)
          expect(yield* answered("meanwhile")).toBeLessThan(quiet + 5000)
        }).pipe(Effect.scoped)
        yield* eventually("the port is free again", lets("/login", {}), (status) => status === 200)
        if (process.platform === "linux") expect(peakMb(gateway.pid)).toBeLessThan(400)
        expect(yield* lets("/status", { cookie })).toBe(200)
      }),
    { timeout: 90_000 }
  )
})
