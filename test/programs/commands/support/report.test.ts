/** What of the state of a gateway may leave the machine where its config, and so who is who, is not known. */
import { expect, it } from "@effect/vitest"
import { makeReport } from "../../../../src/programs/commands/support/report.ts"

const missing = { missing: "there is none" }
const common = { accountId: "default", name: "Samantha", since: 0 }

it("a chat that is paused, and a budget that is used up, are shown without a name", () => {
  const { report } = makeReport({
    madeAt: "2026-11-27T23:41:20.884Z",
    node: "v20",
    system: "linux",
    home: "/Users/ada",
    region: "US",
    program: "",
    variables: [],
    config: missing,
    doctor: missing,
    decisions: missing,
    log: missing,
    status: {
      version: "0.1.0",
      pid: 1,
      startedAt: 0,
      accounts: [],
      sessions: { busy: 0, waiting: 0, dead: 0 },
      paused: [{ ...common, chat: "chat_id:42", times: 1, until: null }],
      pairing: { pending: 0 },
      permissions: { waiting: 0 },
      budgets: [{ ...common, budget: "turns", subject: "+15555550123", dropped: 1 }],
      deliveries: { queued: 0, uncertain: 0, dead: 0 }
    }
  })
  expect(report.status).toMatchObject({
    paused: [{ chat: "chat_id:42", times: 1 }],
    budgets: [{ subject: "person-1", dropped: 1 }]
  })
  expect(JSON.stringify(report)).not.toContain("Samantha")
})

it("of the database of a cluster only the password is secret, and its hosts are no people", () => {
  const { report } = makeReport({
    madeAt: "2026-11-27T23:41:20.884Z",
    node: "v24",
    system: "linux",
    home: "/Users/ada",
    region: "US",
    program: "",
    variables: ["postgres://gateway:of-the-variable@db.local/imsg"],
    config: {
      problems: ["the gateway on studio: hunter22, of-the-variable"],
      raw: {
        cluster: {
          postgres: { url: "postgres://gateway:hunter22@db.local:5432/imsg?sslmode=require" },
          name: "studio",
          address: "studio.local:7300",
          secret: "0123456789abcdef0123456789abcdef"
        }
      }
    },
    doctor: missing,
    decisions: missing,
    log: missing,
    status: missing
  })
  expect(report.config).toEqual({
    problems: ["the gateway on studio: (secret), (secret)"],
    keys: {
      cluster: {
        postgres: { url: "db.local:5432/imsg" },
        name: "studio",
        address: "studio.local:7300",
        secret: "(text, 32 characters)"
      }
    }
  })
})
