/** What agents ask leave for, on the web page in a real browser. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { beforeEach, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import type { PermissionRecord } from "../../src/schemas/Permission.ts"
import { acpRuntime } from "../support/acp.ts"
import { browserProgram, openPage, step } from "../support/browser.ts"
import { makeHome } from "../support/gateway.ts"
import { eventually } from "../support/simulator.ts"
import { TOKEN, webGateway } from "../support/webPage.ts"

const OWNER = "+15555550119"
/** A title that would do something if it were taken for HTML. */
const MARKUP = `<img src="x" onerror="document.body.remove()">`
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

// Asked before a gateway is started in vain.
beforeEach(() => Effect.runPromise(Effect.asVoid(browserProgram)))

const awaitText = (page: Page, selector: string, text: string) =>
  eventually(
    `${text} in ${selector}`,
    step(() => page.locator(selector).first().innerText()),
    (seen) => seen.includes(text)
  )

const button = (page: Page, name: string) => page.locator("#permissions").getByRole("button", { name })

const answer = (page: Page, name: string) =>
  step(() => page.getByRole("dialog").getByRole("button", { name }).click())

/** A page that is signed in at a gateway whose agent asks where somebody says `do ask`. */
const opened = Effect.gen(function* () {
  const notes = yield* makeHome({})
  const runtime = acpRuntime(`${notes.dir}/heard`, {}, { permissions: { default: "ask" } })
  const talk = yield* webGateway(
    {},
    {},
    { config: { owners: [OWNER], agents: { list: [{ id: "main", name: "Robin", runtime }] } } }
  )
  yield* talk.awaitPage()
  const { complaints, page } = yield* openPage()
  yield* step(() => page.goto(talk.url))
  yield* step(() => page.getByLabel("Token").fill(TOKEN))
  yield* step(() => page.getByRole("button", { name: "Sign in" }).click())
  yield* awaitText(page, "#connection", "live")
  const answers = Effect.map(talk.imsg.chats.sent(), (sent) =>
    sent.flatMap((row) => (row.chatId === talk.chat.id ? [row.text] : []))
  )
  return { ...talk, complaints, page, answers }
})

describe("an agent that asks for leave", () => {
  it.scopedLive("is seen at once, is answered after a question, and is in the agents' view afterwards", () =>
    Effect.gen(function* () {
      const { answers, complaints, page, say } = yield* opened
      expect(yield* step(() => page.locator("#permissions").count())).toBe(0)
      yield* say("do ask")
      yield* awaitText(page, "#permissions", "Robin wants to run a command")
      yield* awaitText(page, "#permissions", "rm -rf notes")
      yield* awaitText(page, "nav", "1\nwaiting for you")
      yield* step(() => button(page, "Allow").click())
      yield* awaitText(page, "dialog", "rm -rf notes")
      yield* answer(page, "Cancel")
      expect(yield* answers).toEqual([])
      yield* step(() => button(page, "Allow").click())
      yield* answer(page, "Allow")
      yield* awaitText(page, "#permissions", "Allowed, this once.")
      yield* eventually("the answer", answers, ([said]) => said?.startsWith("option-allow_once") === true)

      // Another request comes below: the place of the first one does nothing to it.
      yield* step(() => page.locator("#permissions").hover())
      yield* say("do ask")
      yield* eventually(
        "the second",
        step(() => page.locator("#permissions li.row").count()),
        (count) => count === 2
      )
      yield* step(() => button(page, "Allow").first().click({ force: true }))
      expect(yield* step(() => page.locator("dialog[open]").count())).toBe(0)
      yield* step(() => button(page, "Deny").last().click())
      yield* answer(page, "Deny")
      yield* eventually("the answer", answers, ([, said]) => said?.startsWith("option-reject_once") === true)

      yield* step(() => page.getByRole("navigation").getByRole("link", { name: "Agents" }).click())
      yield* awaitText(page, "#leave", "refused: by an owner")
      yield* awaitText(page, "#leave", "allowed: by an owner")
      expect(complaints).toEqual([])
    })
  )

  it.scopedLive("is shown in words that stay text, and to everybody", () =>
    Effect.gen(function* () {
      const { page } = yield* opened
      const record: PermissionRecord = {
        ...{
          number: 7,
          code: "K7WQ2M9X",
          agentId: "main",
          accountId: "default",
          turnId: "turn",
          chat: "chat_id:1"
        },
        ...{
          kind: "execute",
          title: MARKUP,
          askedAt: Date.now(),
          expiresAt: Date.now() + 600_000,
          decided: null
        }
      }
      const decided = {
        ...record,
        number: 6,
        decided: { allowed: true, reason: "owner", by: MARKUP, at: Date.now() }
      }
      yield* step(() => page.route("**/permissions", (route) => route.fulfill({ json: [record] })))
      yield* step(() => page.route("**/permissions/decided", (route) => route.fulfill({ json: [decided] })))
      yield* step(() => page.reload())
      yield* awaitText(page, "#permissions", MARKUP)
      const violations = () =>
        step(async () => {
          await page.evaluate(AXE)
          return page.evaluate(
            "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)].join(' ')))"
          )
        })
      expect(yield* violations()).toEqual([])
      yield* step(() => button(page, "Deny").click())
      yield* awaitText(page, "dialog", MARKUP)
      expect(yield* violations()).toEqual([])
      yield* answer(page, "Cancel")
      yield* step(() => page.getByRole("navigation").getByRole("link", { name: "Agents" }).click())
      yield* awaitText(page, "#leave", MARKUP)
      expect(yield* violations()).toEqual([])
      yield* step(() => page.setViewportSize({ width: 360, height: 700 }))
      expect(yield* step(() => page.evaluate("document.documentElement.scrollWidth"))).toBe(360)
    })
  )
})
