/** The section `pairing` of an account. */
import { Schema } from "effect"
import { section } from "./section.ts"
import { option, Text, whole } from "./values.ts"

export const pairing = section("Pairing", "How strangers ask to be let in.", {
  ttlMs: option(whole(1), "How long a pairing code is valid, in ms.", 3_600_000),
  maxPending: option(whole(1), "How many requests of an account may wait at a time.", 20),
  message: option(
    Text,
    "What a stranger is sent. `{code}` is the code, `{sender}` their handle, `{command}` the command that approves it.",
    "Hello! An assistant answers here, and it does not know {sender} yet. Your pairing code is {code}. " +
      "To be let in, give it to the person who runs the assistant; they approve it with: {command}"
  ),
  approvedMessage: option(
    Schema.String,
    "What they are sent once they are approved, with the same placeholders except `{code}` and `{command}`; empty for nothing.",
    "You are let in. What you wrote before was not kept, so please write it again."
  )
})
