/** `create_chat`: a group that there was not, durable and made once as all that is sent. */
import { Array as Arr, Effect } from "effect"
import type { CreateChat } from "../../schemas/Act.ts"
import { BridgeMethods } from "../../schemas/BridgeMethods.ts"
import { can } from "../../schemas/Capabilities.ts"
import { ChatNotCreatable, ChatNotGranted } from "../../schemas/errors/tools.ts"
import type { ToolInput } from "../../schemas/toolInputs.ts"
import { invalid, mayReach, personOf } from "./destination.ts"
import { order } from "./ordering.ts"
import { askedOf, childOf } from "./reach.ts"

const TOOL = "create_chat"

export const createChat = (input: ToolInput<"create_chat">) =>
  Effect.gen(function* () {
    const asked = yield* askedOf(input.account, "send")
    const { account, reach } = asked
    // Who has one chat has no such tool; should that ever change, this does not.
    if (reach._tag === "Only") return yield* new ChatNotGranted({ chat: "that is new" })
    const people = yield* Effect.forEach(input.addresses, (address) => personOf(TOOL, asked, address))
    const addresses = Arr.dedupe(people.map(({ handle }) => handle))
    if (addresses.length < 2) {
      return yield* invalid(TOOL, "give two people or more; to write to one use send_message with to")
    }
    const { name, text } = input
    const act: CreateChat = {
      _tag: "CreateChat",
      addresses,
      ...(name === undefined ? {} : { name }),
      ...(text === undefined || text.trim() === "" ? {} : { text })
    }
    const content = Effect.gen(function* () {
      yield* Effect.forEach(people, (person) => mayReach(asked, person), { discard: true })
      const session = yield* childOf(account.id)
      return can(yield* session.capabilities, BridgeMethods.chatsCreate)
        ? { acts: [act] }
        : yield* new ChatNotCreatable({ account: account.id })
    })
    return yield* order(asked, input, { _tag: "NewChat", addresses }, content)
  })
