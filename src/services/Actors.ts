/** The actors of the cluster, and in which group of shards each has its place: a group runs where its hosts are. */
import { ClusterSchema } from "@effect/cluster"
import { Context } from "effect"
import { SessionActor } from "../schemas/Actors.ts"

/** The groups of shards in which actors have their places. */
export interface ShardGroups {
  /** Of an account, by its id. */
  readonly ofAccount: (accountId: string) => string
  /** Of a session, by its key. */
  readonly ofSession: (sessionKey: string) => string
  /** The same; nothing where this host's config has not the agent. */
  readonly ofKnownSession: (sessionKey: string) => string | undefined
}

/** In one process: it has both groups. */
const ONE_HOST: ShardGroups = {
  ofAccount: () => "accounts",
  ofSession: () => "default",
  ofKnownSession: () => "default"
}

const ACCOUNTS = "account/"

/** The name by which an account has its place in the cluster. */
export const placeOfAccount = (accountId: string): string => `${ACCOUNTS}${accountId}`

/** The account that has a place. */
export const accountOfPlace = (place: string): string => place.slice(ACCOUNTS.length)

export const actorsIn = (groups: ShardGroups) => ({
  /** A session, addressed by its key. */
  session: SessionActor.annotate(ClusterSchema.ShardGroup, groups.ofSession),
  groups
})

export class Actors extends Context.Reference<Actors>()("imsg-gateway/Actors", {
  defaultValue: () => actorsIn(ONE_HOST)
}) {}
