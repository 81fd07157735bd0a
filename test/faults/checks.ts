/** The laws as functions over what a round left behind; each says what broke it. */
import { Array as Arr, Option } from "effect"
import { isForAgent } from "./messages.ts"
import type { Observed, Said, Unsent, Written } from "./observed.ts"
import { answerOf } from "./world.ts"

/** A law that was broken, and how. */
export interface Violation {
  readonly law: number
  readonly what: string
}

/** One part of an answer that is in a chat. */
interface Answer extends Said {
  readonly n: number
  readonly part: number
}

const answersOf = (said: ReadonlyArray<Said>): ReadonlyArray<Answer> =>
  said.flatMap((row) =>
    Option.match(answerOf(row.text), { onNone: () => [], onSome: (answer) => [{ ...row, ...answer }] })
  )

const keyOf = ({ n, part }: { readonly n: number; readonly part: number }) => `${n}.${part}`

const partsOf = ({ n, parts }: Written) => Arr.map(Arr.range(1, parts), (part) => ({ n, part }))

const named = ({ account, chat, n }: Written) => `message ${n} (${account}, ${chat})`

const broken = (law: number, all: ReadonlyArray<string>): ReadonlyArray<Violation> =>
  all.map((what) => ({ law, what }))

/** The parts of answers that are neither in a chat nor given up: what a round waits for. */
export const outstanding = (
  observed: Pick<Observed, "written" | "said" | "unsent">
): ReadonlyArray<{ readonly message: Written; readonly part: number }> => {
  const settled = new Set([...answersOf(observed.said), ...observed.unsent].map(keyOf))
  return observed.written
    .filter(isForAgent)
    .flatMap((message) =>
      partsOf(message).flatMap(({ n, part }) => (settled.has(keyOf({ n, part })) ? [] : [{ message, part }]))
    )
}

/** Law 1: what was accepted is answered, or given up for a reason that the faults of its account explain. */
const accepted = (observed: Observed): ReadonlyArray<Violation> => {
  const lost = Object.values(Arr.groupBy(outstanding(observed), ({ message }) => String(message.n))).map(
    (missing) =>
      `${named(missing[0].message)}: of its answer ${missing.length} of ${missing[0].message.parts} parts are nowhere`
  )
  const unexplained = observed.trouble.flatMap(({ account, doubts }) => {
    const ofAccount = observed.unsent.filter((unsent) => unsent.account === account)
    const inState = (state: Unsent["state"]) => ofAccount.filter((unsent) => unsent.state === state)
    const uncertain = inState("Uncertain").length
    const failed = new Set(inState("Failed").map(({ delivery }) => delivery)).size
    // A part is given up after two sends with an unknown end, and held as uncertain after one.
    return uncertain + 2 * failed <= doubts
      ? []
      : [
          `${account}: ${uncertain} parts are uncertain and ${failed} answers failed after ${doubts} doubtful sends`
        ]
  })
  return broken(1, [
    ...lost,
    ...unexplained,
    ...observed.deadTurns.map((letter) => `a turn failed: ${letter}`)
  ])
}

/** Law 2: no part of an answer is in Messages twice. */
const saidOnce = ({ said }: Observed): ReadonlyArray<Violation> =>
  broken(
    2,
    Object.values(Arr.groupBy(answersOf(said), keyOf)).flatMap((same) =>
      same.length > 1
        ? [
            `"${same[0].text}" was sent ${same.length} times, as rows ${same.map(({ rowId }) => rowId).join(", ")}`
          ]
        : []
    )
  )

/** Law 2 and 4: a tapback is on a message that was to be answered, once. */
const reactedOnce = ({ tapbacks, written }: Observed): ReadonlyArray<Violation> =>
  tapbacks.flatMap(({ account, rowId, times }) => {
    const message = written.find((one) => one.account === account && one.rowId === rowId)
    if (message === undefined || !isForAgent(message)) {
      return broken(4, [`${account}: there is a tapback on row ${rowId}, which is not to be answered`])
    }
    return times > 1 ? broken(2, [`${named(message)} has ${times} tapbacks of one answer`]) : []
  })

/**
 * Whether a child announced the later of two messages first, which nobody after it can undo. What another child had
 * announced in order may have been lost with it.
 */
const announcedBefore = ({ trouble }: Observed, later: Written, earlier: Written): boolean => {
  const children = trouble.find(({ account }) => account === later.account)?.announced ?? []
  return children.some((announced) => {
    const [a, b] = [announced.indexOf(later.rowId), announced.indexOf(earlier.rowId)]
    return a !== -1 && b !== -1 && a < b
  })
}

/** Law 3: the answers of a chat are in the order of its messages, and the parts of each in theirs. */
const inOrder = (observed: Observed): ReadonlyArray<Violation> => {
  const messages = new Map(observed.written.map((message) => [message.n, message]))
  const chats = Arr.groupBy(answersOf(observed.said), ({ account, chat }) => `${account}, ${chat}`)
  return broken(
    3,
    Object.entries(chats).flatMap(([chat, answers]) => {
      // What was sent twice is law 2's; here each part counts where it came first.
      const parts = Arr.dedupeWith(answers, (a, b) => keyOf(a) === keyOf(b))
      return parts.flatMap((later, index) => {
        const second = messages.get(later.n)
        const wrong = parts.slice(0, index).find((earlier) => {
          const first = messages.get(earlier.n)
          if (first === undefined || second === undefined) return false
          return first === second
            ? earlier.part > later.part
            : first.rowId > second.rowId && !announcedBefore(observed, first, second)
        })
        return wrong === undefined ? [] : [`${chat}: "${wrong.text}" came before "${later.text}"`]
      })
    })
  )
}

/** Law 4: an answer is only in the chat and the account of its message, and only to what is to be answered. */
const whereItCameFrom = ({ said, written }: Observed): ReadonlyArray<Violation> => {
  const messages = new Map(written.map((message) => [message.n, message]))
  return answersOf(said).flatMap(({ account, chat, n, text }) => {
    const message = messages.get(n)
    if (message === undefined || !isForAgent(message))
      return broken(message?.chat === "stranger" ? 5 : 4, [
        `${account}, ${chat}: "${text}" answers what is not to be answered`
      ])
    return message.account === account && message.chat === chat
      ? []
      : broken(4, [`"${text}" answers ${named(message)} in ${account}, ${chat}`])
  })
}

/** Law 5: a stranger gets one code at most, and their words are kept nowhere. */
const nobodyUnapproved = ({ said, secretIn }: Observed): ReadonlyArray<Violation> => [
  ...broken(
    5,
    secretIn.map((file) => `${file} holds what the stranger wrote`)
  ),
  ...Object.entries(
    Arr.groupBy(
      said.filter(({ chat }) => chat === "stranger"),
      ({ account }) => account
    )
  ).flatMap(([account, rows]) =>
    rows.length > 1 ? broken(5, [`${account}: the stranger was sent ${rows.length} messages`]) : []
  )
]

/** Law 6: what the gateway said never comes back as input. */
const noEcho = ({ asked, said }: Observed): ReadonlyArray<Violation> => [
  ...broken(
    6,
    asked.flatMap(({ texts, turnId }) =>
      texts
        .filter((text) => /answer \d/.test(text))
        .map((text) => `the agent was asked "${text}" in ${turnId}`)
    )
  ),
  ...broken(
    6,
    said
      .filter(({ chat, text }) => chat !== "stranger" && Option.isNone(answerOf(text)))
      .map(({ account, chat, text }) => `${account}, ${chat}: "${text}" answers nothing that a person wrote`)
  )
]

/** How long an account that is left alone may take over an answer while the other suffers. */
const SPARED_WITHIN_MS = 20_000

/** Law 7: what happens to one account does not hold up the other. */
const failsAlone =
  (spared: string | undefined) =>
  ({ said, written }: Observed): ReadonlyArray<Violation> => {
    const answers = answersOf(said)
    return broken(
      7,
      written
        .filter((message) => message.account === spared && isForAgent(message))
        .flatMap((message) => {
          const first = answers.find(({ n }) => n === message.n)
          const ms = first === undefined ? undefined : first.at - message.at
          return ms !== undefined && ms > SPARED_WITHIN_MS
            ? [`${named(message)} was answered after ${ms} ms, while only the other account was troubled`]
            : []
        })
    )
  }

const isJson = (line: string) => line.startsWith("{") && line.endsWith("}")

/** Law 9: the gateway ends when it is told to and not otherwise, and fails in ways that it knows. */
const typed = ({ ends, log }: Observed): ReadonlyArray<Violation> => [
  ...broken(
    9,
    ends.flatMap(({ code, stuck, told }) => {
      if (stuck) return [`the gateway did not end after ${told ?? "no signal"}`]
      if (told === undefined) return [`the gateway ended by itself with ${code ?? "a signal"}`]
      return code !== undefined && code !== 0 ? [`the gateway ended with ${code} after ${told}`] : []
    })
  ),
  ...broken(
    9,
    log
      .filter((line) => !isJson(line) || /"logLevel":"FATAL"|\ba defect\b|unhandled/i.test(line))
      .map((line) => `the log says: ${line.slice(0, 500)}`)
  )
]

/** Everything that breaks a law. `spared` is the account that the schedule left alone, if any. */
export const check = (observed: Observed, spared?: string): ReadonlyArray<Violation> =>
  [
    accepted,
    saidOnce,
    reactedOnce,
    inOrder,
    whereItCameFrom,
    nobodyUnapproved,
    noEcho,
    failsAlone(spared),
    typed
  ].flatMap((law) => law(observed))
