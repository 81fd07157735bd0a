/** `audit`: who did what to the gateway, from its store, whether it runs or not. */
import { Command, Options } from "@effect/cli"
import { Clock, Effect, Option } from "effect"
import * as AuditSql from "../../../layers/audit/AuditSql.ts"
import { Audit } from "../../../services/Audit.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { showAudit } from "./auditText.ts"
import * as options from "./options.ts"
import { printEither } from "./print.ts"
import { sinceOf } from "./since.ts"
import { stateStore } from "./stateStore.ts"

const DEFAULT_LIMIT = 50
const MOST = 100_000

const limit = options.limit(MOST, "How many entries, the last ones.", DEFAULT_LIMIT)

const since = Options.text("since").pipe(
  Options.withPseudoName("TIME"),
  Options.withDescription("Only what was done since then: a time as 2026-01-31T08:00, or 90m, 24h, 7d ago."),
  Options.mapEffect((text) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Option.match(sinceOf(text, now), {
        onNone: () =>
          Effect.fail(
            options.badValue("since", `expected 2026-01-31, 2026-01-31T08:00, 90m, 24h or 7d; got "${text}"`)
          ),
        onSome: Effect.succeed
      })
    )
  ),
  Options.optional
)

export const auditCommand = Command.make(
  "audit",
  {
    limit,
    since,
    config: options.config,
    json: Options.boolean("json").pipe(Options.withDescription("Print an array of objects."))
  },
  ({ config, json, limit, since }) =>
    Effect.gen(function* () {
      const { entries } = yield* Audit
      const found = yield* entries({ limit, since: Option.getOrUndefined(since) })
      const named = yield* currentConfig
      yield* printEither(json, found, (look) => showAudit(found, named, look))
    }).pipe(Effect.provide(stateStore(config, AuditSql.layer)))
).pipe(
  Command.withDescription(
    "Shows who did what: approvals, sign-ins, wrong tokens, messages sent by hand, changes of the config."
  )
)
