/** What goes through memory within one process goes from host to host where there are several. */
import type { Sharding } from "@effect/cluster"
import { Layer } from "effect"
import type { AccountHosts } from "../../services/AccountHosts.ts"
import type { Accounts } from "../../services/Accounts.ts"
import type { Children } from "../../services/Children.ts"
import type { Presence } from "../../services/Presence.ts"
import * as AccountHostsSharded from "./AccountHostsSharded.ts"
import * as ChildrenRemote from "./ChildrenRemote.ts"
import * as PresenceRemote from "./PresenceRemote.ts"
import * as RestartsRemote from "./RestartsRemote.ts"

/** Takes the services of this host, and gives them as they are of all hosts. */
export const layer: Layer.Layer<
  AccountHosts | Accounts | Children | Presence,
  never,
  Accounts | Children | Presence | Sharding.Sharding
> = Layer.mergeAll(ChildrenRemote.layer, PresenceRemote.layer, RestartsRemote.layer).pipe(
  Layer.provideMerge(AccountHostsSharded.layer)
)
