/** Why a gateway that ran alone is not carried over into a cluster. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

const REFUSALS = {
  "no-store": {
    message: "there is no store of a gateway in",
    hint: "Name the state folder of the gateway that ran alone with --from, on the machine that it is on. One that was carried over before lies there as gateway.db.carried-TIME."
  },
  damaged: {
    message: "the store is damaged:",
    hint: "No host mends it. `sqlite3 FILE .recover | sqlite3 recovered.db` saves what can be read: put that in its place as gateway.db, or a copy of before, and run this again."
  },
  "unknown-accounts": {
    message: "the config has not the accounts that the store is of:",
    hint: "Call each account in imessage.accounts what it was called (`default` where the config had none); for one that is not to run any more set `enabled: false`."
  },
  "hosts-up": {
    message: "it is too late: hosts of the cluster run, or were not stopped:",
    hint: "A store is carried over before the first host starts. Stop every host; what they have begun has to go: make the database anew (`dropdb`, `createdb`), and run this again."
  },
  "not-empty": {
    message: "it is too late: the cluster's database has something already:",
    hint: "A store is carried over into an empty database, for what is in both could not become one. Keep what is there, or stop every host, make the database anew (`dropdb`, `createdb`), and run this again."
  }
} as const

/** `what`: the folder, the file and what is wrong with it, the accounts, the hosts, or what is in the database. */
export class CarryOverRefused extends GatewayError<CarryOverRefused>()("CarryOverRefused", {
  code: "carry_over_refused",
  fields: {
    reason: Schema.Literal("no-store", "damaged", "unknown-accounts", "hosts-up", "not-empty"),
    what: Schema.String
  },
  message: ({ reason, what }) => `${REFUSALS[reason].message} ${what}`,
  hint: ({ reason }) => REFUSALS[reason].hint
}) {}
