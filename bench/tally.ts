/** What becomes of messages that are written into the chats of many accounts. */

/** A chat of an account. */
export interface Place {
  readonly account: string
  readonly chatId: number
}

/** Times are milliseconds of one clock. */
interface Message extends Place {
  readonly writtenAt: number
  answeredAt?: number
}

export interface TallyResult {
  readonly written: number
  readonly answered: number
  /** Answers to a message that was answered already, that nobody wrote, or that was written elsewhere. */
  readonly unexpected: number
  /** Answers of a chat that came after the answer to a later message of that chat. */
  readonly disordered: number
  /** Of those that were answered, in the order in which they were written. */
  readonly messages: ReadonlyArray<{ readonly writtenAt: number; readonly answeredAt: number }>
}

export interface Tally {
  /** The text of a new message. */
  readonly written: (place: Place, at: number) => string
  /** Whether it answers a message that was waiting there. */
  readonly answered: (place: Place, text: string, at: number) => boolean
  readonly waiting: () => number
  readonly result: () => TallyResult
}

/** `run` tells its messages from those of the others. */
export const makeTally = (run: number): Tally => {
  const messages: Array<Message> = []
  const newest = new Map<string, number>()
  let answered = 0
  let unexpected = 0
  let disordered = 0
  return {
    written: (place, at) => {
      messages.push({ ...place, writtenAt: at })
      return `message ${run}.${messages.length - 1}`
    },
    answered: ({ account, chatId }, text, at) => {
      const [ofRun, index = -1] = (/message (\d+)\.(\d+)$/u.exec(text) ?? []).slice(1).map(Number)
      const message = ofRun === run ? messages[index] : undefined
      const isWaiting =
        message?.answeredAt === undefined && message?.account === account && message.chatId === chatId
      if (message === undefined || !isWaiting) {
        unexpected++
        return false
      }
      message.answeredAt = at
      answered++
      const chat = `${account} ${chatId}`
      const before = newest.get(chat) ?? -1
      if (index < before) disordered++
      newest.set(chat, Math.max(index, before))
      return true
    },
    waiting: () => messages.length - answered,
    result: () => ({
      written: messages.length,
      answered,
      unexpected,
      disordered,
      messages: messages.flatMap(({ answeredAt, writtenAt }) =>
        answeredAt === undefined ? [] : [{ writtenAt, answeredAt }]
      )
    })
  }
}
