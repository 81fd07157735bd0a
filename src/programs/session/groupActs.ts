/** What an agent asks to be done to the group that it answers in: only there, and only where its owner lets it. */
import { Array as Arr, Either } from "effect"
import type { GroupAct } from "../../schemas/Act.ts"
import type { AskedGroup } from "../../schemas/AgentOutput.ts"
import { parse } from "../../schemas/Target.ts"

interface GroupTerms {
  /** Whether the turn is of a group. */
  readonly isGroup: boolean
  /** Whether the owner lets the agent change groups. */
  readonly groupActions: boolean
  /** A two-letter country code, for numbers without one. */
  readonly region: string
  /** How many acts there may be. */
  readonly most: number
}

interface GroupActs {
  readonly acts: ReadonlyArray<GroupAct>
  /** Why something is not done, in words for the log. */
  readonly leftOut: ReadonlyArray<string>
}

const none = (why: string): GroupActs => ({ acts: [], leftOut: [why] })

/** Those who can be in a group: only iMessage has groups that can be changed. */
const handleOf = (written: string, region: string): Either.Either<string, string> => {
  const target = parse(written, { region, service: "imessage" })
  return Either.isRight(target) && target.right._tag === "Handle" && target.right.service !== "sms"
    ? Either.right(target.right.handle)
    : Either.left("somebody to add or remove: they are named by no phone number or email")
}

/**
 * What is done of it, each once: the name, the icon, who comes, who goes, and last of all the account itself. An icon has
 * its path as it was named.
 */
export const groupActsOf = (
  { add = [], icon, leave = false, remove = [], rename = "" }: AskedGroup,
  { groupActions, isGroup, most, region }: GroupTerms
): GroupActs => {
  if (!isGroup) return none("a change of the group: the turn is of no group")
  if (!groupActions) return none("a change of the group: agents.list[].groupActions does not allow it")
  const [wrong, who] = Arr.separate(
    [
      ...add.map((written) => ({ written, _tag: "AddMember" as const })),
      ...remove.map((written) => ({ written, _tag: "RemoveMember" as const }))
    ].map(({ _tag, written }) =>
      Either.map(handleOf(written, region), (handle): GroupAct => ({ _tag, handle }))
    )
  )
  const members = Arr.dedupeWith(who, (one, other) => JSON.stringify(one) === JSON.stringify(other))
  const acts: ReadonlyArray<GroupAct> = [
    ...(rename.trim() === "" ? [] : [{ _tag: "Rename", name: rename } as const]),
    ...(icon === undefined ? [] : [{ _tag: "SetIcon", ...(icon === null ? {} : { path: icon }) } as const]),
    ...members,
    ...(leave ? [{ _tag: "Leave" } as const] : [])
  ]
  const tooMany =
    acts.length > most ? [`${acts.length - most} changes of the group: an answer has too many acts`] : []
  return { acts: acts.slice(0, most), leftOut: [...wrong, ...tooMany] }
}
