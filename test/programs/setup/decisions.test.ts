/** What each step of setup needs, by what is known. */
import { describe, expect, it } from "@effect/vitest"
import type { Tried } from "../../../src/programs/commands/agent/Tried.ts"
import { failed, ok } from "../../../src/programs/commands/doctor/Check.ts"
import { STEPS, type StepId } from "../../../src/programs/commands/setup/decisions.ts"
import type { Known, Wishes } from "../../../src/programs/commands/setup/Known.ts"
import type { Need } from "../../../src/programs/commands/setup/Need.ts"
import { makeConfig } from "../../support/configs.ts"
import { asked, blank, OWNER, offers, wishes } from "../../support/setupKnown.ts"

const silent: Wishes = { ...wishes, yes: true }
const [ollama, openai] = offers

const echo = { title: "An echo", runtime: { type: "echo" } }
const written = {
  config: makeConfig({ owners: [OWNER], agents: { list: [{ id: "robin", runtime: { type: "echo" } }] } }),
  hasAgents: true
}
const bare = { config: makeConfig({}), hasAgents: false }
const place = { id: "full-disk-access", title: "Full Disk Access", account: "default" }
const waiting = {
  _tag: "Installed",
  detail: "installed, and was not started",
  advice: "Add OPENAI_API_KEY to it.",
  started: false
} as const
const agent = bare.config.agents.list[0]
const answered: Tried = {
  agent,
  inputs: [],
  parts: [{ _tag: "Text", text: "Hello." }],
  interim: [],
  notes: [],
  durationMs: 1234
}

type Case = readonly [what: string, known: Partial<Known>, tag: Need["_tag"], words: RegExp]

const cases: { readonly [step in StepId]: ReadonlyArray<Case> } = {
  imsg: [
    ["is there", { imsg: "/opt/imsg" }, "Done", /\/opt\/imsg/u],
    ["was found", { found: "/opt/imsg" }, "Given", /Found \/opt\/imsg/u],
    ["is named", { found: "/opt/imsg", wishes: { ...wishes, imsg: "me@mac" } }, "Given", /"me@mac"/u],
    ["is not on this Mac", {}, "Ask", /brew install/u],
    ["cannot be here", { platform: "linux" }, "Ask", /user@host/u]
  ],
  permissions: [
    ["without imsg", {}, "Skip", /no imsg/u],
    ["were not looked at", { imsg: "imsg" }, "Given", /Looking/u],
    ["are denied", { imsg: "imsg", checks: [failed(place, "denied", "grant it")] }, "Wait", /grant it/u],
    ["are there", { imsg: "imsg", checks: [ok(place, "can be read")] }, "Done", /can be read/u]
  ],
  agent: [
    ["is in the config", { written }, "Done", /robin/u],
    ["is not in the config", { written: bare }, "Choose", /Who shall answer/u],
    ["can be chosen", {}, "Choose", /"usual":"ollama"/u],
    ["has models", { offer: ollama }, "Choose", /qwen3:8b/u],
    ["has a model of which there is no list", { offer: openai }, "Ask", /"usual":"gpt-5-mini"/u],
    ["is named", { wishes: { ...wishes, agent: "ollama:qwen3:8b" } }, "Given", /"ollama:qwen3:8b"/u],
    ["is named and not there", { wishes: { ...wishes, agent: "claude" } }, "Stuck", /ollama, openai, echo/u],
    ["is chosen", { agent: echo }, "Done", /An echo/u]
  ],
  owner: [
    ["is in the config", { written }, "Done", /\+15555550111/u],
    ["without imsg", {}, "Skip", /no imsg/u],
    ["is not known", { imsg: "imsg" }, "Ask", /Your number or email/u],
    ["is named", { imsg: "imsg", wishes: { ...wishes, owner: OWNER } }, "Given", /Sending a code/u],
    ["is named to nobody", { imsg: "imsg", wishes: { ...silent, owner: OWNER } }, "Given", /"doing":""/u],
    ["has a code", { imsg: "imsg", owner: asked }, "Ask", /Type it/u],
    ["had another code", { imsg: "imsg", owner: { ...asked, wrong: 1 } }, "Ask", /not the code/u],
    ["is proved", { owner: { _tag: "Proved", handle: OWNER } }, "Done", /^.*"\+15555550111"/u],
    ["is taken at its word", { owner: { _tag: "Named", handle: OWNER } }, "Done", /no code was asked for/u]
  ],
  config: [
    ["without imsg", {}, "Skip", /without imsg/u],
    ["is to be written", { imsg: "imsg" }, "Offer", /Write .*config\.json5/u],
    ["is there, and whole", { written }, "Done", /left as it is/u],
    ["was written", { written, isNew: true }, "Done", /for you alone/u],
    ["lacks an agent", { written: bare, agent: echo }, "ByHand", /agents: \{/u],
    ["lacks an owner", { written: bare, owner: { _tag: "Proved", handle: OWNER } }, "ByHand", /owners: \[/u],
    ["lacks what nobody has proved", { written: bare, owner: asked }, "Done", /left as it is/u]
  ],
  answer: [
    ["without a config", {}, "Skip", /no config/u],
    ["was not tried", { written }, "Offer", /Say hello/u],
    ["came", { written, tried: answered }, "Done", /Hello\.\\", after 1\.2 s/u],
    ["is given by a gateway that runs", { written, gatewayRuns: true }, "Done", /agent test/u]
  ],
  service: [
    ["without a config", {}, "Skip", /no config/u],
    ["is not there", { written }, "Offer", /every login/u],
    ["runs", { written, service: { _tag: "Runs" } }, "Done", /runs/u],
    ["cannot be", { written, service: { _tag: "Impossible", reason: "no manager" } }, "Skip", /no manager/u],
    [
      "was installed",
      { written, service: { _tag: "Installed", detail: "installed", advice: "", started: true } },
      "Done",
      /installed/u
    ],
    [
      "was installed, and lacks a key",
      { written, service: waiting },
      "ByHand",
      /"installed, and was not started".*Add OPENAI_API_KEY/u
    ]
  ],
  hello: [
    ["without a config", {}, "Skip", /no config/u],
    ["to nobody", { written: bare }, "Skip", /nobody is named/u],
    ["where nobody would answer", { written, isNew: true }, "Later", /start the gateway, .*setup` again/u],
    [
      "by a service that lacks a key",
      { written, isNew: true, service: waiting },
      "Later",
      /start the gateway/u
    ],
    ["by a service that runs", { written, service: { _tag: "Runs" } }, "Offer", /I am here/u],
    [
      "by a service that was started",
      { written, service: { ...waiting, started: true } },
      "Offer",
      /I am here/u
    ],
    ["by a gateway that runs", { written, gatewayRuns: true }, "Offer", /I am here/u],
    ["by a script", { written, gatewayRuns: true, wishes: silent }, "Offer", /I am here/u],
    ["was said", { written, greeted: OWNER }, "Done", /said to/u]
  ]
}

for (const { decide, id } of STEPS) {
  describe(`the step ${id}`, () => {
    it.each(cases[id])("%s", (_what, known, tag, words) => {
      const need = decide({ ...blank, ...known })
      expect({ tag: need._tag, words: JSON.stringify(need) }).toEqual({
        tag,
        words: expect.stringMatching(words)
      })
    })
  })
}
