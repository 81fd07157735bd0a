/** Which handles are an account's own: a chat with one of them is a chat with oneself, where Messages mirrors. */
import { Clock, Effect } from "effect"
import type { Stored } from "../../schemas/errors/store.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import type { ImsgChat } from "../../schemas/ImsgProtocol.ts"
import type { Database } from "../database/Database.ts"

/** How long a handle counts that only looked like an own one: two people can write the same at the same time. */
const GUESS_HOLDS_MS = 24 * 60 * 60 * 1000
/** A guess that is confirmed again and again is not written down each time. */
const CONFIRM_AFTER_MS = 60 * 60 * 1000
/** So much later at most it is known what another host learnt, also of an account that has come here since. */
const LOOK_EVERY_NS = 10_000_000_000n

/** Those of an account that are kept: nobody has more. */
const MOST = 32
/** A longer text is no handle: none of an email is longer. */
const LONGEST = 254

/** The own handles that chats name. A login is written with its kind before it, and can be empty. */
export const ownHandlesOf = (
  { account_login, last_addressed_handle }: ImsgChat,
  region: string
): ReadonlyArray<string> =>
  [account_login?.replace(/^[pe]:/iu, ""), last_addressed_handle]
    .filter((handle) => handle !== undefined && handle.trim() !== "")
    .map((handle) => normaliseHandle(handle ?? "", region))

interface HandleRow {
  readonly account_id: string
  readonly handle: string
  readonly known_until: number | null
}

/** Until when handles count, Unix ms. */
const untilOf = (rows: ReadonlyArray<HandleRow>) =>
  new Map(rows.map(({ handle, known_until }) => [handle, known_until ?? Number.POSITIVE_INFINITY]))

/** `any` says whether anything is known at all. */
export interface OwnHandles {
  readonly has: (handle: string, now: number) => boolean
  readonly any: (now: number) => boolean
  /** Messages itself says that it is one. */
  readonly named: (handle: string) => Stored<void>
  /** It looks like one. */
  readonly guessed: (handle: string) => Stored<void>
  /** Takes them for what they are now, where it may be another host that learns them. */
  readonly become: (rows: ReadonlyArray<HandleRow>) => void
}

/** Reads those of all accounts again, since other hosts learn them too; at most now and then. */
export const makeLookAgain = (database: Database["Type"]) => {
  const select = database.prepare<HandleRow>(
    "SELECT account_id, handle, known_until FROM own_handles WHERE handle <> ''"
  )
  let lookAt = 0n
  return (known: ReadonlyMap<string, { readonly own: OwnHandles }>): Stored<void> =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeNanos
      if (at < lookAt) return
      const rows = yield* database.read(() => select.all())
      lookAt = at + LOOK_EVERY_NS
      for (const [accountId, { own }] of known) {
        own.become(rows.filter(({ account_id }) => account_id === accountId))
      }
    })
}

/** The function that reads those of an account. */
export const makeReadOwnHandles = (database: Database["Type"]) => {
  const select = database.prepare<HandleRow>(
    "SELECT account_id, handle, known_until FROM own_handles WHERE account_id = ? AND handle <> ''"
  )
  const put = database.prepare(`
    INSERT INTO own_handles (account_id, handle, known_until) VALUES (?, ?, ?)
    ON CONFLICT (account_id, handle) DO UPDATE SET known_until = excluded.known_until`)
  const drop = database.prepare("DELETE FROM own_handles WHERE account_id = ? AND handle = ?")
  return (accountId: string): Stored<OwnHandles> =>
    Effect.map(
      database.read(() => select.all(accountId)),
      (rows): OwnHandles => {
        let until = untilOf(rows)
        /**
         * What is nobody's handle is not one's own: kept, it would say that one is known. One more than there is room for
         * is not kept either: what is known longer has been right for longer.
         */
        const keep = (handle: string, knownUntil: number, now: number) => {
          if (handle === "" || handle.length > LONGEST) return Effect.void
          const gone = [...until].flatMap(([known, end]) => (end <= now ? [known] : []))
          if (!until.has(handle) && until.size - gone.length >= MOST) return Effect.void
          return Effect.map(
            database.write(function* () {
              for (const known of gone) yield* drop.run(accountId, known)
              yield* put.run(accountId, handle, Number.isFinite(knownUntil) ? knownUntil : null)
            }),
            () => {
              for (const known of gone) until.delete(known)
              until.set(handle, knownUntil)
            }
          )
        }
        const knownUntil = (handle: string) => until.get(handle) ?? 0
        return {
          has: (handle, now) => knownUntil(handle) > now,
          any: (now) => [...until.values()].some((end) => end > now),
          named: (handle) =>
            knownUntil(handle) === Number.POSITIVE_INFINITY
              ? Effect.void
              : Effect.flatMap(Clock.currentTimeMillis, (now) => keep(handle, Number.POSITIVE_INFINITY, now)),
          guessed: (handle) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              knownUntil(handle) > now + GUESS_HOLDS_MS - CONFIRM_AFTER_MS
                ? Effect.void
                : keep(handle, Math.trunc(now) + GUESS_HOLDS_MS, now)
            ),
          become: (again) => {
            until = untilOf(again)
          }
        }
      }
    )
}
