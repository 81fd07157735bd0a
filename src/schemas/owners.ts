/** Who may command the gateway, and what is sent to them. */
import type { Delivery } from "./Delivery.ts"
import { isSamePerson, type People } from "./People.ts"

/** One handle of each owner: never that of a person twice. */
export const ownersOf = (owners: ReadonlyArray<string>, people: People): ReadonlyArray<string> =>
  owners.filter((owner, at) => owners.findIndex((other) => isSamePerson(people, other, owner)) === at)

/** How the deliveries begin by which owners are told of something, whoever they are. */
export const toldToOwners = (accountId: string, id: string): string => `owner:${accountId}:${id}:`

/**
 * What an owner is told, once for each `id` and account. By iMessage alone: an SMS with a code in it could be read on its
 * way. `expiresAt` is in Unix ms.
 */
export const toOwner = (
  accountId: string,
  owner: string,
  { expiresAt, id, text }: { readonly id: string; readonly text: string; readonly expiresAt?: number }
): Delivery => ({
  id: `${toldToOwners(accountId, id)}${owner}`,
  accountId,
  target: { _tag: "Handle", handle: owner, service: "imessage" },
  replies: [{ text }],
  ...(expiresAt === undefined ? {} : { expiresAt })
})
