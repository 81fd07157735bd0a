/** Messages of every chat by what their texts contain. */
import { Effect } from "effect"
import type { Method } from "../../schemas/ImsgMethod.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { Askable, AskError } from "../../services/Children.ts"

const { result } = Methods.messagesHistory

/** The most that imsg finds at a time. */
export const MOST_FOUND = 100

/** In any case, newest first, without their files (0.14+). */
export const messagesSearch: Method<
  { readonly query: string; readonly match: "contains"; readonly limit: number },
  typeof result.Type,
  typeof result.Encoded
> = { name: "messages.search", result, mutates: false }

/** Whether a build can search. */
export const canSearch = ({ build }: Pick<Askable, "build">): boolean =>
  build.methods.has(messagesSearch.name)

/** At most `limit` of the newest messages whose text contains a query. */
export const searchRows = <E extends AskError>(
  session: Askable<E>,
  wanted: { readonly query: string; readonly limit: number; readonly timeoutMs: number }
): Effect.Effect<ReadonlyArray<ImsgMessage>, E> => {
  const { limit, query, timeoutMs } = wanted
  return Effect.map(
    session.request(messagesSearch, { query, match: "contains", limit }, timeoutMs),
    ({ messages }) => messages.readable
  )
}
