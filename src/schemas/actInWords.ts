/** What people read of an act of which nobody's words are told. */
import type { Act } from "./Act.ts"

export const actInWords: Readonly<Record<Act["_tag"], string>> = {
  React: "a tapback",
  Edit: "an edit",
  Unsend: "a message to be taken back",
  Vote: "a vote",
  Rename: "another name of the group",
  SetIcon: "another icon of the group",
  AddMember: "another member",
  RemoveMember: "a member to be removed",
  Leave: "the group to be left",
  CreateChat: "a new chat"
}
