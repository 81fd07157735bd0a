/** What owners answer through the gateways of other hosts. */
import { Effect, Stream } from "effect"
import { Database } from "../database/Database.ts"
import type { Requests } from "./requests.ts"

/** What is told may be missed: what waits here is looked at so often. */
const LOOK_EVERY = "3 seconds"
/** In the place of a request's number: any may have its end. */
const ANY = ""

/** Looks at what waits here when another host tells of it, for as long as its scope; nothing where there are none. */
export const hearOthers = ({ awaited, look }: Requests) =>
  Effect.gen(function* () {
    const database = yield* Database
    if (!database.isShared) return
    const told = database.told.pipe(
      Stream.filter(({ topic }) => topic === "permissions"),
      Stream.map(({ of }) => of)
    )
    yield* Stream.merge(told, Stream.as(Stream.tick(LOOK_EVERY), ANY)).pipe(
      Stream.mapConcat((of) => awaited().filter((number) => of === ANY || of === String(number))),
      Stream.runForEach((number) =>
        Effect.catchAll(look(number), (error) =>
          Effect.logDebug(`a request for leave is not looked at: ${error.message}`)
        )
      ),
      Effect.forkScoped
    )
  })
