/** The runtime `webhook`: an address that turns are sent to. */
import { Schema } from "effect"
import type { Settled } from "../section.ts"
import { Address, option, required, Secret, SecretHeaders, Text, timerMs } from "../values.ts"

export const webhookKeys = {
  preset: option(
    Schema.Literal("n8n", "homeassistant"),
    "Whose words are spoken there: those of n8n's chat trigger, or of Home Assistant's conversations. Else the turn is sent as JSON."
  ),
  secret: option(
    Secret,
    "What each request is signed with, in `X-Signature-256`; whoever is asked can see by it that it was the gateway. Better taken from the environment."
  ),
  token: option(
    Secret,
    "The token that is sent as `Authorization: Bearer`; Home Assistant wants a long-lived one. Better taken from the environment."
  ),
  language: option(
    Text,
    "The language of the conversation, such as `en`, for Home Assistant. Else it has its own."
  ),
  headers: option(SecretHeaders, "Headers of each request, beside those that the gateway sets.", {}),
  timeoutMs: option(
    timerMs(1),
    "How long a turn may take, in ms, also where the answer comes later; then the request is aborted.",
    600_000
  )
}

/** An address that turns are sent to. */
export const WebhookRuntime = Schema.Struct({
  type: required(Schema.Literal("webhook"), "Sends each turn to an address."),
  url: required(Address, "The address, whole: `http://localhost:5678/webhook/…/chat`."),
  ...webhookKeys
}).annotations({ identifier: "WebhookRuntime" })

/** An address that turns are sent to. */
export type WebhookConfig = { readonly type: "webhook"; readonly url: string } & Settled<typeof webhookKeys>
