/** The control server's interface: its server, its client and its OpenAPI document are made of this definition. */
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { VERSION } from "../../version.ts"
import { AgentOutput } from "../AgentOutput.ts"
import { chats } from "./ChatsApi.ts"
import { NotFound, Refused, StatusUnavailable, Unavailable } from "./failures.ts"
import { InScope, Needs } from "./InScope.ts"
import { overview } from "./OverviewApi.ts"
import { permissions } from "./PermissionsApi.ts"
import {
  ConversationRecord,
  ConversationWords,
  LetterRecord,
  LetterWords,
  PairingApprovalRecord,
  PairingRequestRecord,
  SettledPart,
  WaitingDelivery
} from "./Records.ts"
import { SendRequest, SendResult, Upload } from "./Sending.ts"
import { ConfigChange, Health, PausedChatReport, STATUS_PATH, Status } from "./Status.ts"
import { tools } from "./ToolsApi.ts"

const described = (text: string) => OpenApi.annotations({ description: text })

const gateway = HttpApiGroup.make("gateway", { topLevel: true })
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("health", "/health")
      .addSuccess(Health)
      .addError(Health, { status: 503 })
      .annotateContext(described("200 while every enabled account runs, else 503 with the reasons."))
      .annotate(Needs, ["read"])
  )
  .add(
    HttpApiEndpoint.get("status", STATUS_PATH)
      .addSuccess(Status)
      .addError(StatusUnavailable)
      .annotateContext(
        described(
          "503 with what this host knows by itself where the store cannot be read, or does not answer."
        )
      )
      .annotate(Needs, ["read"])
  )
  .add(
    HttpApiEndpoint.get("metrics", "/metrics")
      .addSuccess(HttpApiSchema.Text({ contentType: "text/plain; version=0.0.4; charset=utf-8" }))
      .addError(Unavailable)
      .annotateContext(described("Prometheus' text format."))
  )
  .add(
    HttpApiEndpoint.get("events", "/events")
      .setUrlParams(
        Schema.Struct({ bodies: Schema.optionalWith(Schema.Literal("true", "false"), { exact: true }) })
      )
      .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" }))
      .addError(Unavailable)
      .annotateContext(
        described(
          "Server-sent events of what happens from now on, as JSON; the words of messages only with bodies=true."
        )
      )
  )
  .add(
    HttpApiEndpoint.post("send", "/send")
      .setPayload(SendRequest)
      .addSuccess(SendResult)
      .addError(Refused)
      .addError(NotFound)
      .addError(Unavailable)
      .annotate(Needs, ["send"])
  )
  .add(
    HttpApiEndpoint.post("upload", "/uploads")
      .setUrlParams(Schema.Struct({ name: Schema.String.pipe(Schema.maxLength(1024)) }))
      .addSuccess(Upload)
      .addError(Refused)
      .addError(Unavailable)
      .annotateContext(
        described(
          "Takes the body as a file of this name, to be sent by the answered `file` within ten minutes."
        )
      )
      .annotate(Needs, ["send"])
  )
  .add(
    HttpApiEndpoint.post("reply", "/turns/:id/reply")
      .setPath(Schema.Struct({ id: Schema.String }))
      .setPayload(AgentOutput)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(NotFound)
      .annotateContext(
        described("Answers a turn that a webhook has taken with 202, once, while it is waited for.")
      )
  )
  .add(
    HttpApiEndpoint.post("reload", "/config/reload")
      .addSuccess(ConfigChange)
      .addError(Refused)
      .annotateContext(described("Reads the config file again; one that is invalid is refused."))
  )
  .add(
    HttpApiEndpoint.post("restart", "/accounts/:id/restart")
      .setPath(Schema.Struct({ id: Schema.String }))
      .addSuccess(HttpApiSchema.NoContent)
      .addError(NotFound)
      .addError(Refused)
      .annotateContext(described("Replaces the child of an account, at once."))
  )
  .add(
    HttpApiEndpoint.post("resumeChat", "/chats/resume")
      .setPayload(PausedChatReport.pick("accountId", "chat"))
      .addSuccess(PausedChatReport)
      .addError(NotFound)
      .addError(Unavailable)
      .annotateContext(described("Ends the pause of a chat that gave the gateway's own words back."))
  )
  .add(
    HttpApiEndpoint.get("deliveries", "/deliveries")
      .addSuccess(
        Schema.Struct({ waiting: Schema.Array(WaitingDelivery), settled: Schema.Array(SettledPart) })
      )
      .addError(Unavailable)
      .annotateContext(
        described("Replies that wait, and the parts that were settled last; at most 100 of each.")
      )
  )

const code = Schema.Struct({ code: Schema.String })

const pairing = HttpApiGroup.make("pairing")
  .middleware(InScope)
  .add(HttpApiEndpoint.get("pending", "/pairing").addSuccess(Schema.Array(PairingRequestRecord)))
  .add(HttpApiEndpoint.get("approvals", "/pairing/approvals").addSuccess(Schema.Array(PairingApprovalRecord)))
  .add(
    HttpApiEndpoint.post("approve", "/pairing/:code/approve").setPath(code).addSuccess(PairingRequestRecord)
  )
  .add(HttpApiEndpoint.post("reject", "/pairing/:code/reject").setPath(code).addSuccess(PairingRequestRecord))
  .add(
    HttpApiEndpoint.post("revoke", "/pairing/revoke")
      .setPayload(PairingApprovalRecord.pick("accountId", "sender"))
      .addSuccess(HttpApiSchema.NoContent)
  )
  .addError(NotFound)
  .addError(Unavailable)

const numbered = Schema.Struct({ id: Schema.NumberFromString.pipe(Schema.int(), Schema.positive()) })

const deadLetters = HttpApiGroup.make("deadletters")
  .middleware(InScope)
  .add(HttpApiEndpoint.get("letters", "/deadletters").addSuccess(Schema.Array(LetterRecord)))
  .add(
    HttpApiEndpoint.get("letter", "/deadletters/:id")
      .setPath(numbered)
      .addSuccess(LetterWords)
      .annotateContext(described("One of them with all that was said. The audit log has who asked."))
  )
  .add(
    HttpApiEndpoint.post("retry", "/deadletters/:id/retry")
      .setPath(numbered)
      .setPayload(Schema.Struct({ anyway: Schema.optionalWith(Schema.Boolean, { exact: true }) }))
      .addSuccess(LetterRecord)
  )
  .add(HttpApiEndpoint.del("drop", "/deadletters/:id").setPath(numbered).addSuccess(LetterRecord))
  .addError(NotFound)
  .addError(Refused)
  .addError(Unavailable)

const conversations = HttpApiGroup.make("conversations")
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("conversations", "/conversations")
      .addSuccess(Schema.Array(ConversationRecord))
      .annotateContext(described("What agents remember, last spoken in first, without words; at most 100."))
  )
  .add(
    HttpApiEndpoint.get("conversation", "/conversations/:id")
      .setPath(numbered)
      .addSuccess(ConversationWords)
      .annotateContext(described("One of them with all that was said. The audit log has who asked."))
  )
  .add(
    HttpApiEndpoint.del("clear", "/conversations/:id")
      .setPath(numbered)
      .addSuccess(ConversationRecord)
      .annotateContext(described("Has an agent forget it: the next message begins another."))
  )
  .addError(NotFound)
  .addError(Unavailable)

export class ControlApi extends HttpApi.make("imsg-gateway")
  .add(gateway)
  .add(pairing)
  .add(deadLetters)
  .add(conversations)
  .add(chats)
  .add(overview)
  .add(permissions)
  .add(tools)
  .annotateContext(
    OpenApi.annotations({
      title: "imsg-gateway",
      version: VERSION,
      description: "What runs, what happened, and what can be done about it."
    })
  ) {}
