/** A load as the child in memory carries it out. */
import type { Load, LoadResult } from "./protocol.ts"

const KEYS = ["chats", "outstanding", "gapMs", "count", "seconds", "warmUpSeconds", "drainMs"]

/** Whether a value is a load; the bench has encoded it with its schema. */
export const isLoad = (value: Readonly<Record<string, unknown>> | undefined): value is Load =>
  value !== undefined && KEYS.every((key) => typeof value[key] === "number")

interface LoadOptions {
  /** Writes a message; false while the pipe is full. */
  readonly notify: (chatId: number, text: string) => boolean
  /** Calls back once when the pipe is empty again. */
  readonly onceWritable: (resume: () => void) => void
  readonly onFinished: (result: LoadResult) => void
}

interface LoadRun {
  /** Begins a load; it starts the numbering of messages anew. */
  readonly start: (load: Load) => void
  /** A `send` was read at this time, in milliseconds of the same clock as `process.hrtime`. */
  readonly answered: (chatId: number, text: string, at: number) => void
}

const now = () => Number(process.hrtime.bigint()) / 1e6

/** Runs one load after the other. */
export const makeLoadRun = ({ notify, onFinished, onceWritable }: LoadOptions): LoadRun => {
  let runs = 0
  let current: ((chatId: number, text: string, at: number) => void) | undefined

  const start = (load: Load) => {
    const run = ++runs
    const writtenAt: Array<number> = []
    const isAnswered: Array<boolean> = []
    const newest = new Map<number, number>()
    const latenciesMs: Array<number> = []
    const begun = now()
    const warmUntil = begun + load.warmUpSeconds * 1000
    let answered = 0
    let unexpected = 0
    let disordered = 0
    let answeredAfterWarmUp = 0
    let lastAnswer = begun
    let fedUntil: number | undefined
    let isBlocked = false
    let isFinished = false
    let draining: NodeJS.Timeout | undefined

    const finish = () => {
      if (isFinished) return
      isFinished = true
      clearTimeout(feeding)
      clearTimeout(draining)
      current = undefined
      onFinished({
        written: writtenAt.length,
        answered,
        unexpected,
        disordered,
        answeredAfterWarmUp,
        countedMs: Math.max(0, (fedUntil ?? begun) - warmUntil),
        elapsedMs: lastAnswer - begun,
        latenciesMs
      })
    }

    const endFeed = () => {
      if (fedUntil !== undefined) return
      fedUntil = now()
      draining = setTimeout(finish, load.drainMs)
      if (answered === writtenAt.length) finish()
    }

    const feed = () => {
      while (fedUntil === undefined && !isBlocked && writtenAt.length - answered < load.outstanding) {
        if (writtenAt.length >= load.count) return endFeed()
        const index = writtenAt.length
        writtenAt.push(now())
        if (!notify(1 + (index % load.chats), `message ${run}.${index}`)) {
          isBlocked = true
          onceWritable(() => {
            isBlocked = false
            feed()
          })
        }
      }
    }

    const room = load.gapMs > 0 ? () => void setTimeout(feed, load.gapMs) : feed

    current = (chatId, text, at) => {
      const [ofRun, index] = (/message (\d+)\.(\d+)$/.exec(text) ?? []).slice(1).map(Number)
      const since = index === undefined ? undefined : writtenAt[index]
      if (ofRun !== run || index === undefined || since === undefined || isAnswered[index] === true) {
        unexpected++
        return
      }
      isAnswered[index] = true
      answered++
      if (index < (newest.get(chatId) ?? -1)) disordered++
      newest.set(chatId, Math.max(index, newest.get(chatId) ?? -1))
      if (at >= warmUntil && fedUntil === undefined) answeredAfterWarmUp++
      latenciesMs.push(at - since)
      lastAnswer = at
      if (fedUntil === undefined) room()
      else if (answered === writtenAt.length) finish()
    }
    const feeding = setTimeout(endFeed, load.seconds * 1000)
    feed()
  }

  return { start, answered: (chatId, text, at) => current?.(chatId, text, at) }
}
