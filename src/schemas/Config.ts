/** The config: what its file may hold (`ConfigFile`), and what the gateway makes of it (`GatewayConfig`). */
import { Schema } from "effect"
import { AgentsSection, MessagesSection } from "./config/agents.ts"
import { Binding } from "./config/bindings.ts"
import { ClusterSection } from "./config/cluster.ts"
import { ContextVisibility, GroupPolicy, ImessageSection } from "./config/imessage.ts"
import { MediaSection } from "./config/media.ts"
import { section } from "./config/section.ts"
import { OwnersSection, PeopleSection, SessionSection } from "./config/session.ts"
import {
  Folder,
  foreign,
  OtherKeysId,
  option,
  otherKeys,
  required,
  Text,
  Token,
  timerMs,
  whole
} from "./config/values.ts"

export type * from "./config/resolved.ts"

/** The keys of the gateway itself. */
export const gatewayKeys = {
  stateDir: option(
    Folder,
    "Where the database, the socket and the lock are kept, mode 0700. `$IMSG_GATEWAY_STATE_DIR` is taken where the file says nothing.",
    "~/.imsg-gateway"
  ),
  retention: section("Retention", "How long records are kept.", {
    days: option(
      whole(1),
      "How many days finished messages and deliveries are remembered, so that none is handled twice, and how many an agent remembers what was said.",
      7
    )
  }),
  shutdownMs: option(
    timerMs(0),
    "How long running turns and sends may take to finish when the gateway is stopped, in ms.",
    15_000
  )
}

/** The keys of `control.http`. */
export const httpKeys = {
  port: required(whole(1, 65_535), "The port that the web page is served on."),
  host: option(Text, "The address that the web page is served on.", "127.0.0.1"),
  token: option(
    Token,
    "A secret that opens the page, beside those that `imsg-gateway tokens create` makes. Better taken from the environment than written in the file."
  )
}

/** For editors: a binding of another channel may look as it likes. */
const ownBinding = {
  if: { properties: { match: { properties: { channel: { const: "imessage" } } } } },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: { $ref: "#/$defs/Binding" }
}

/** Older files have `agent` besides `agents`, and all have `meta`, with other content; neither is a misspelling. */
const otherSections = otherKeys(["agent", "meta"])

/** The config file after its JSON5 is parsed. Unknown top-level sections are other gateways' and not read. */
export const ConfigFile = Schema.Struct(
  {
    $schema: option(
      Schema.String,
      "The address of a JSON Schema, for editors; the gateway does not read it."
    ),
    stateDir: gatewayKeys.stateDir,
    imessage: option(ImessageSection, "The accounts of Messages and how they are run."),
    channels: option(
      Schema.Struct(
        {
          imessage: option(
            ImessageSection,
            "The same as `imessage` at the top level; only one may be there."
          ),
          defaults: option(
            Schema.Struct(
              {
                groupPolicy: option(
                  GroupPolicy,
                  "The `groupPolicy` of `channels.imessage` where that says none."
                ),
                contextVisibility: option(
                  ContextVisibility,
                  "The `contextVisibility` of `channels.imessage` where that says none."
                )
              },
              foreign
            ).annotations({ identifier: "ChannelDefaults" }),
            "What holds for every channel; only these two are read."
          )
        },
        foreign
      ).annotations({ identifier: "Channels" }),
      "The channels of a shared config file; only `imessage` is read."
    ),
    agents: option(AgentsSection, "The agents that answer."),
    bindings: option(
      Schema.Array(Binding).annotations({ jsonSchema: { items: ownBinding } }),
      "Which agent answers what. Bindings of other channels are skipped."
    ),
    messages: option(MessagesSection, "How messages are taken in and answered."),
    session: option(SessionSection, "Which messages share a session."),
    people: option(
      PeopleSection,
      'Handles that belong to one person, by a name for each: `{sam: ["+15555550123", "sam@example.com"]}`. They are approved together, an entry of an allow list or a binding for one holds for all, and they share a session.'
    ),
    owners: option(
      OwnersSection,
      "Phone numbers and email addresses of who may command the gateway from their own direct chat, over iMessage: see access.md."
    ),
    media: option(MediaSection, "What is made of files that people send."),
    retention: gatewayKeys.retention,
    shutdownMs: gatewayKeys.shutdownMs,
    cluster: option(
      ClusterSection,
      "The hosts that carry the gateway together, over a database that they share: see docs/cluster.md. Without it this host is the only one."
    ),
    control: option(
      Schema.Struct({
        http: option(
          Schema.Struct(httpKeys).annotations({ identifier: "ControlHttp" }),
          "The web page. Without it there is none."
        )
      }).annotations({ identifier: "Control" }),
      "How the gateway is watched and controlled."
    )
  },
  foreign
).annotations({ [OtherKeysId]: otherSections })
export type ConfigFile = typeof ConfigFile.Type
