/** The web page, as a person uses it, in a real browser. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { beforeEach, describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Layer } from "effect"
import type { Locator, Page } from "playwright-core"
import * as PausedChatsSql from "../../src/layers/limits/PausedChatsSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { DeadLetters } from "../../src/services/DeadLetters.ts"
import { PausedChats } from "../../src/services/PausedChats.ts"
import { browserProgram, openPage, picture, step, tabTo } from "../support/browser.ts"
import { asking } from "../support/control.ts"
import { deadDelivery, onStoreOf } from "../support/deadLetters.ts"
import { PERSON, startGateway } from "../support/gateway.ts"
import { eventually, signal } from "../support/simulator.ts"
import { TOKEN, webGateway } from "../support/webPage.ts"

const ALEX = "+15555550123"
const LET_IN = "You are let in. What you wrote before was not kept, so please write it again."
/** A failure's text that would do something if it were taken for HTML. */
const MARKUP = `<img src="x" onerror="document.body.remove()">`
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Presses what has the focus and says yes to its question in one go: no timer of the page runs in between. */
const YES_AT_ONCE = `(async () => {
  const dialog = document.querySelector("dialog")
  document.activeElement.click()
  for (let turn = 0; turn < 1000 && !dialog.open; turn++) await Promise.resolve()
  if (!dialog.open) return "was not asked"
  document.querySelector("#question-yes").click()
  return dialog.open ? "is still asked" : "said yes"
})()`

/** Waits until something can be pressed again: a button is at work until what it did, or did not, is through. */
const awaitFree = (locator: Locator) =>
  step(() => locator.and(locator.page().locator(":not([aria-disabled])")).waitFor())

/** The rows of a list that are not only there to say what became of them. */
const rows = (page: Page, list: string) => page.locator(`#${list} li.row:not([data-gone])`)

/** Opens a view by the navigation. */
const view = (page: Page, name: string) =>
  step(() => page.getByRole("navigation").getByRole("link", { name }).click())

/** Waits until a list has so many rows. */
const awaitRows = (page: Page, list: string, count: number) =>
  eventually(
    `${count} in ${list}`,
    step(() => rows(page, list).count()),
    (seen) => seen === count,
    "20 seconds"
  )

const awaitText = (page: Page, selector: string, text: string) =>
  eventually(
    `${text} in ${selector}`,
    step(() => page.locator(selector).innerText()),
    (seen) => seen.includes(text),
    "30 seconds"
  )

const awaitNotice = (page: Page, tone: string, text: string) =>
  awaitText(page, `#notice[data-tone="${tone}"]`, text)

/** Holds requests of the page back until they are released. */
const holding = (page: Page, url: string) =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    yield* step(() =>
      page.route(url, async (route) => {
        await Effect.runPromise(Deferred.await(gate))
        await route.continue()
      })
    )
    return { release: Deferred.succeed(gate, undefined) }
  })

/** Signs in by the keyboard; what comes then depends on the gateway. */
const signIn = (page: Page, url: string) =>
  Effect.gen(function* () {
    yield* step(() => page.goto(url))
    yield* step(() => page.getByLabel("Token").fill(TOKEN))
    yield* step(() => page.getByLabel("Token").press("Enter"))
  })

/** Opens the page and signs in. */
const signedIn = (page: Page, url: string) =>
  Effect.gen(function* () {
    yield* step(() => page.goto(url))
    yield* step(() => page.getByLabel("Token").fill(TOKEN))
    yield* step(() => page.getByRole("button", { name: "Sign in" }).click())
    yield* awaitText(page, "#connection", "live")
    yield* awaitText(page, "#accounts", "running")
  })

/** A gateway with people and an agent that have names. */
const LIVED_IN = {
  people: { Sam: [PERSON] },
  agents: { list: [{ id: "main", name: "Robin", runtime: { type: "echo" } }] }
}

/** What a page has to show after a while: an answer, two failures, and somebody who asks to be let in. */
const live = (talk: Effect.Effect.Success<ReturnType<typeof webGateway>>) =>
  Effect.gen(function* () {
    yield* talk.say("the first")
    yield* talk.imsg.awaitSent(1)
    for (const text of ["the second", "the third"]) {
      yield* talk.imsg.chats.fault({ _tag: "failSend", code: -32602, message: "x".repeat(120) })
      yield* talk.say(text)
      yield* eventually(
        "its letter",
        asking(talk.home, (client) => client.deadletters.letters()),
        (letters) => letters.length >= (text === "the second" ? 1 : 2)
      )
    }
    yield* strangerWrites(talk)
  })

/** A stranger who writes. */
const strangerWrites = ({ imsg }: Effect.Effect.Success<ReturnType<typeof webGateway>>, handle = ALEX) =>
  Effect.gen(function* () {
    const chat = yield* imsg.chats.addDirectChat({ handle })
    yield* imsg.chats.receive({ chatId: chat.id, sender: handle, text: "may I?" })
    return chat
  })

const focusedId = (page: Page) => step(() => page.evaluate("document.activeElement.id"))
const focusedText = (page: Page) => step(() => page.evaluate("document.activeElement.textContent"))

/** Who asks for chats at the moment at which their child ends is refused, and the browser writes every refusal down. */
const isNoRefusalOfChats = (complaint: string) => !/409 \(Conflict\) .*\/chats\?/.test(complaint)

/** What axe has against a page, by the elements that it is about. */
const accessibility = (page: Page) =>
  step(async () => {
    // The page allows no scripts but its own; this one comes in through the debugger.
    await page.evaluate(AXE)
    return page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)].join(' ')))"
    )
  })

// Asked before a gateway is started in vain.
beforeEach(() => Effect.runPromise(Effect.asVoid(browserProgram)))

describe("the web page", () => {
  it.scopedLive("shows what happens as it happens, and does what its buttons say", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      const { gateway, imsg, say, url } = talk
      yield* talk.awaitPage()
      const { complaints, page } = yield* openPage()
      // Without its regular looks the page knows only what events make it ask for.
      yield* step(() => page.addInitScript("window.setInterval = () => 0"))
      yield* signedIn(page, url)

      const chat = yield* strangerWrites(talk)
      yield* awaitRows(page, "requests", 1)
      expect(yield* step(() => rows(page, "requests").innerText())).toContain(ALEX)
      yield* step(() => page.getByRole("button", { name: `Approve ${ALEX}` }).click())
      yield* picture(page, "approve")
      yield* step(() =>
        page.getByRole("dialog", { name: ALEX }).getByRole("button", { name: "Let in" }).click()
      )
      yield* awaitRows(page, "requests", 0)
      yield* awaitRows(page, "people", 1)
      yield* imsg.awaitSent((sent) => sent.some(({ chatId, text }) => chatId === chat.id && text === LET_IN))

      const [child = 0] = yield* imsg.pids
      yield* signal(child, "SIGKILL")
      yield* awaitText(page, "#accounts", "child exited")
      yield* gateway.awaitRunning("default", 2)
      yield* awaitText(page, "#accounts .state", "running")
      yield* view(page, "Events")
      yield* awaitText(page, "#events", "Restart")

      yield* imsg.chats.fault({ _tag: "failSend", code: -32602, message: MARKUP })
      yield* say("hello")
      yield* view(page, "Dead letters")
      yield* awaitRows(page, "letters", 1)
      expect(yield* step(() => rows(page, "letters").innerText())).toContain(MARKUP)
      // One that fails again is another one, which can be tried again.
      yield* imsg.chats.fault({ _tag: "failSend", code: -32602, message: MARKUP })
      yield* step(() => page.getByRole("button", { name: "Try again" }).click())
      yield* awaitText(page, "#letters", "failed 2 times")
      yield* awaitRows(page, "letters", 1)
      // The words of a letter are asked for when somebody wants to see them.
      expect(yield* step(() => rows(page, "letters").innerText())).not.toContain("echo: hello")
      yield* step(() => rows(page, "letters").getByRole("button", { name: "Show what was said" }).click())
      yield* awaitText(page, "#letters", "echo: hello")
      yield* step(() => rows(page, "letters").getByRole("button", { name: "Try again" }).click())
      yield* awaitRows(page, "letters", 0)
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: hello"))
      yield* view(page, "Events")
      yield* awaitText(page, "#events", `the answer to ${PERSON} was sent`)

      yield* view(page, "Overview")
      yield* step(() => page.getByRole("button", { name: `Revoke ${ALEX}` }).click())
      yield* step(() => page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click())
      yield* awaitRows(page, "people", 0)
      expect(complaints.filter(isNoRefusalOfChats)).toEqual([])
    })
  )

  it.scopedLive("restarts a child, reads the config again, rejects a request and drops a letter", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      const { gateway, home, imsg, say, url } = talk
      yield* talk.awaitPage()
      const { complaints, page } = yield* openPage()
      const press = (name: string) => step(() => page.getByRole("button", { name }).click())
      yield* signedIn(page, url)

      yield* press("Restart default")
      yield* gateway.awaitRunning("default", 2)
      yield* awaitText(page, "#accounts .facts", "restart asked for")

      const fs = yield* FileSystem.FileSystem
      const config = JSON.parse(yield* fs.readFileString(home.configFile))
      yield* fs.writeFileString(
        home.configFile,
        JSON.stringify({ ...config, messages: { ...config.messages, responsePrefix: "[new]" } })
      )
      yield* view(page, "Config")
      yield* press("Reload config")
      yield* awaitText(page, "#notice", "config")
      yield* say("hello")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "[new] echo: hello"))

      yield* view(page, "Overview")
      yield* strangerWrites(talk)
      yield* awaitRows(page, "requests", 1)
      yield* press(`Reject ${ALEX}`)
      yield* step(() =>
        page.getByRole("dialog", { name: ALEX }).getByRole("button", { name: "Reject" }).click()
      )
      yield* awaitRows(page, "requests", 0)
      yield* awaitRows(page, "people", 0)

      yield* imsg.chats.fault({ _tag: "failSend", code: -32602, message: "no such chat" })
      yield* say("hello again")
      yield* view(page, "Dead letters")
      yield* awaitRows(page, "letters", 1)
      yield* press("Drop")
      yield* step(() => page.getByRole("dialog").getByRole("button", { name: "Drop" }).click())
      yield* awaitRows(page, "letters", 0)
      expect(complaints.filter(isNoRefusalOfChats)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is used with the keyboard alone", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      const { imsg, say, url } = talk
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      const press = (key: string) => step(() => page.keyboard.press(key))
      yield* step(() => page.goto(url))
      yield* step(() => page.keyboard.type(TOKEN))
      yield* press("Enter")
      yield* awaitText(page, "#connection", "live")

      yield* strangerWrites(talk)
      yield* imsg.awaitSent(1)
      yield* awaitRows(page, "requests", 1)
      yield* tabTo(page, `Approve ${ALEX}`)
      expect(yield* step(() => page.evaluate("document.activeElement.matches(':focus-visible')"))).toBe(true)
      yield* press("Enter")
      expect(yield* focusedId(page)).toBe("question-no")
      // However fast the keys are pressed; what is said with the second of two presses is not heard yet.
      yield* tabTo(page, "Let in")
      yield* awaitFree(page.locator("#question-yes"))
      yield* press("Enter")
      yield* imsg.awaitSent(2)
      // The row stays and says what came of it, and the focus stays on its button, which does nothing more.
      yield* awaitText(page, "#requests", "Let in.")
      expect(yield* focusedText(page)).toBe(`Approve ${ALEX}`)
      yield* press("Enter")
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)

      yield* imsg.chats.fault({ _tag: "failSend", code: -32602, message: "no such chat" })
      yield* say("hello")
      yield* step(() => page.locator("h1").focus())
      yield* step(() => page.keyboard.press("Shift+Tab"))
      yield* view(page, "Dead letters")
      yield* eventually(
        "the title of the view has the focus",
        focusedText(page),
        (text) => text === "Dead letters"
      )
      yield* awaitRows(page, "letters", 1)
      yield* tabTo(page, "Drop")
      yield* press("Enter")
      yield* press("Escape")
      yield* awaitRows(page, "letters", 1)
      yield* step(() => page.keyboard.press("Shift+Tab"))
      yield* tabTo(page, "Try again")
      yield* press("Space")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: hello"))
      yield* awaitRows(page, "letters", 0)
    })
  )

  it.scopedLive("lets in nobody by a second press or a second click", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      const press = (key: string) => step(() => page.keyboard.press(key))
      yield* signedIn(page, talk.url)
      const handles = [ALEX, "+15555550124", "+15555550125"]
      for (const [at, handle] of handles.entries()) {
        yield* strangerWrites(talk, handle)
        yield* awaitRows(page, "requests", at + 1)
      }
      const approve = page.getByRole("button", { name: `Approve ${ALEX}` })
      const place = yield* step(() => approve.boundingBox())
      const at = { x: (place?.x ?? 0) + 5, y: (place?.y ?? 0) + 5 }

      // Two presses: the second is the question's Cancel.
      yield* step(() => approve.focus())
      yield* press("Enter")
      yield* press("Enter")
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)
      yield* awaitFree(approve)
      // Two clicks: the second falls on the question, wherever its button is, before it can be answered.
      yield* step(() => page.mouse.dblclick(at.x, at.y))
      yield* step(() => page.getByRole("dialog", { name: ALEX }).waitFor())
      yield* press("Escape")
      yield* awaitFree(approve)
      yield* step(() => approve.focus())
      expect(yield* step(() => page.evaluate(YES_AT_ONCE))).toBe("is still asked")
      yield* awaitRows(page, "people", 0)
      expect(yield* step(() => page.getByRole("dialog", { name: ALEX }).count())).toBe(1)

      yield* step(() => page.getByRole("button", { name: "Let in" }).click())
      yield* awaitRows(page, "people", 1)
      yield* awaitRows(page, "requests", 2)
      // What was let in keeps its place, so the same spot and the same key do nothing.
      yield* press("Enter")
      yield* step(() => page.mouse.dblclick(at.x, at.y))
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)
      const list = yield* step(() => page.locator("#requests > li").allInnerTexts())
      expect(list.map((text) => handles.findIndex((handle) => text.includes(handle)))).toEqual([0, 1, 2])
      expect(list[0]).toContain("Let in.")
      yield* picture(page, "decided")

      // Who is at a row that is decided elsewhere is not sent to another's button.
      yield* step(() => page.getByRole("button", { name: "Approve +15555550124" }).focus())
      const [second] = yield* asking(talk.home, (client) => client.pairing.pending())
      yield* asking(talk.home, (client) => client.pairing.reject({ path: { code: second?.code ?? "" } }))
      yield* awaitText(page, "#requests", "Decided elsewhere.")
      expect(yield* focusedText(page)).toBe("Approve +15555550124")
      yield* press("Enter")
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)
      // Rows that have said so long enough go once nobody is there.
      yield* step(() => page.mouse.move(0, 0))
      yield* step(() => page.locator("#logout").focus())
      yield* eventually(
        "one row",
        step(() => page.locator("#requests > li").count()),
        (count) => count === 1,
        "20 seconds"
      )
      expect(yield* accessibility(page)).toEqual([])
    })
  )

  for (const width of [320, 768, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      it.scopedLive(`can be read by everybody at ${width} px, ${colorScheme}`, () =>
        Effect.gen(function* () {
          const name = `${width} ${colorScheme}`
          const talk = yield* webGateway({}, {}, { config: LIVED_IN })
          yield* talk.awaitPage()
          const phone = width < 500 ? { hasTouch: true, isMobile: true } : {}
          const { complaints, page } = yield* openPage({
            colorScheme,
            viewport: { width, height: 800 },
            ...phone
          })
          /** Nothing of axe, and nothing beside the screen: the window of a phone grows with a page that is too wide. */
          const look = (what: string) =>
            Effect.gen(function* () {
              yield* picture(page, `${name} ${what}`)
              expect([what, yield* accessibility(page)]).toEqual([what, []])
              expect([
                what,
                yield* step(() => page.evaluate("document.documentElement.scrollWidth"))
              ]).toEqual([what, width])
            })
          yield* step(() => page.goto(talk.url))
          yield* look("login")
          yield* signedIn(page, talk.url)
          yield* live(talk)
          yield* awaitRows(page, "requests", 1)
          yield* awaitText(page, "#charts-title + *, .charts", "let through")
          yield* look("overview")
          yield* step(() => page.getByRole("button", { name: `Approve ${ALEX}` }).click())
          yield* look("question")
          yield* step(() => page.getByRole("button", { name: "Cancel" }).click())
          yield* view(page, "Conversations")
          yield* awaitText(page, "#chats", "failure")
          yield* look("chats")
          yield* step(() => page.locator("#chats a", { hasText: "Sam" }).click())
          yield* awaitText(page, "#flow", "was not sent")
          yield* look("chat")
          yield* view(page, "Agents")
          yield* awaitText(page, "#agents", "Robin")
          yield* look("agents")
          yield* view(page, "Dead letters")
          yield* awaitRows(page, "letters", 2)
          yield* step(() => page.getByRole("button", { name: "Show what was said" }).first().click())
          yield* awaitText(page, "#letters", "the third")
          yield* look("letters")
          yield* view(page, "Events")
          yield* awaitText(page, "#events", "Sam")
          yield* look("events")
          yield* view(page, "Config")
          yield* awaitText(page, "#main", "control")
          yield* step(() => page.getByText("control", { exact: true }).click())
          yield* look("config")
          expect(complaints).toEqual([])
          yield* view(page, "Overview")
          yield* talk.gateway.signal("SIGKILL")
          yield* awaitText(page, "#lost", "does not answer")
          yield* look("lost")
        })
      )
    }
  }

  it.scopedLive("says of an account that needs a person what that person should do", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway({}, { cliPath: "/nonexistent/imsg" })
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      yield* signIn(page, talk.url)
      yield* awaitText(page, "#accounts", "needs you")
      expect(yield* step(() => page.locator("#accounts .problem").innerText())).toContain("/nonexistent/imsg")
      expect(yield* step(() => page.locator("#accounts .remedy").innerText())).toContain("cliPath")
      yield* picture(page, "degraded")
      expect(yield* accessibility(page)).toEqual([])
    })
  )

  it.scopedLive("asks before it sends again what may have been sent, and sends it then", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      yield* onStoreOf(
        talk.home,
        Effect.flatMap(DeadLetters, ({ bury }) =>
          bury({
            content: deadDelivery({
              id: "default:guid-1",
              accountId: "default",
              target: { _tag: "ChatId", chatId: talk.chat.id },
              replies: [{ text: "what was answered" }]
            }),
            attempt: 0,
            code: "delivery_uncertain",
            message: "the result was lost"
          })
        )
      )
      const { page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* view(page, "Dead letters")
      yield* awaitRows(page, "letters", 1)
      yield* step(() => page.getByRole("button", { name: "Try again" }).click())
      yield* step(() => page.getByRole("button", { name: "Cancel" }).click())
      expect(yield* step(() => rows(page, "letters").count())).toBe(1)
      yield* step(() => page.getByRole("button", { name: "Try again" }).click())
      yield* step(() => page.getByRole("button", { name: "Send again anyway" }).click())
      yield* talk.imsg.awaitSent((sent) => sent.some(({ text }) => text === "what was answered"))
      yield* awaitRows(page, "letters", 0)
    })
  )

  it.scopedLive("resumes the chat that it names, and no other by clicks at the same spot", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      const store = PausedChatsSql.layer.pipe(
        Layer.provide(DatabaseSqlite.layer(`${talk.home.stateDir}/gateway.db`)),
        Layer.provide(NodeContext.layer)
      )
      yield* Effect.provide(
        Effect.forEach(["chat_id:901", "chat_id:902"], (chat) =>
          Effect.flatMap(PausedChats, ({ pause }) => pause({ accountId: "default", chat }))
        ),
        store
      )
      const { page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* awaitRows(page, "paused", 2)
      const first = rows(page, "paused").first()
      const [resumed = ""] = /chat_id:\d+/u.exec(yield* step(() => first.innerText())) ?? []
      const place = yield* step(() => first.getByRole("button").boundingBox())
      const at = { x: (place?.x ?? 0) + 5, y: (place?.y ?? 0) + 5 }
      yield* step(() => page.mouse.click(at.x, at.y))
      // Who asks to be let in meanwhile does not move the rows that somebody points at.
      yield* step(() => page.getByRole("button", { name: "Cancel" }).click())
      yield* step(() => page.mouse.move(at.x, at.y))
      yield* strangerWrites(talk)
      yield* awaitText(page, "nav .count", "1")
      expect(yield* step(() => first.getByRole("button").boundingBox())).toEqual(place)
      yield* step(() => page.mouse.click(at.x, at.y))
      yield* step(() =>
        page.getByRole("dialog", { name: resumed }).getByRole("button", { name: "Resume chat" }).click()
      )
      yield* awaitRows(page, "paused", 1)
      yield* awaitText(page, "#paused", "Goes on.")
      // What goes on keeps its place, so the same spot does nothing.
      yield* step(() => page.mouse.dblclick(at.x, at.y))
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)
      const { paused } = yield* asking(talk.home, (client) => client.status())
      expect(paused.map(({ chat }) => chat)).toEqual(
        ["chat_id:901", "chat_id:902"].filter((chat) => chat !== resumed)
      )
      expect(yield* step(() => page.locator("#paused > li").allInnerTexts())).toEqual([
        expect.stringContaining(`${resumed}`),
        expect.stringContaining("Resume")
      ])
      yield* step(() => page.mouse.move(0, 0))
      yield* awaitRows(page, "requests", 1)
    })
  )

  it.scopedLive("says when it is cut off, and shows afterwards what it missed", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      const { context, page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* step(() => context.setOffline(true))
      yield* awaitText(page, "#connection", "reconnecting")
      yield* strangerWrites(talk)
      yield* step(() => context.setOffline(false))
      yield* awaitText(page, "#connection", "live")
      yield* awaitRows(page, "requests", 1)
    })
  )

  it.scopedLive("says that the gateway is gone, does nothing meanwhile, and goes on once it is back", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* strangerWrites(talk)
      yield* awaitRows(page, "requests", 1)
      yield* talk.gateway.signal("SIGKILL")
      yield* talk.gateway.exitCode
      yield* awaitText(page, "#lost", "The gateway does not answer.")
      expect(yield* step(() => page.locator("main").getAttribute("data-stale"))).toBe("")
      // What was known is still there, and its buttons do nothing.
      yield* step(() => page.getByRole("button", { name: `Approve ${ALEX}` }).click({ force: true }))
      expect(yield* step(() => page.getByRole("dialog").count())).toBe(0)
      yield* startGateway(talk.home)
      yield* awaitText(page, "#connection", "live")
      // Without signing in again.
      expect(yield* step(() => page.locator("#lost").isHidden())).toBe(true)
      yield* step(() => page.getByRole("button", { name: `Approve ${ALEX}` }).click())
      yield* step(() => page.getByRole("button", { name: "Let in" }).click())
      yield* awaitRows(page, "people", 1)
    })
  )

  it.scopedLive("shows a chat with what was said, decided and sent, and writes into it", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway({}, {}, { config: LIVED_IN })
      yield* talk.awaitPage()
      const { complaints, page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* talk.say("hello")
      yield* talk.imsg.awaitSent(1)
      yield* view(page, "Conversations")
      // What was said comes later than what was decided: it is not known yet, and not unknown.
      const held = yield* holding(page, "**/history?*")
      const decided = page.waitForResponse(/decisions/u)
      yield* step(() => page.locator("#chats a", { hasText: "Sam" }).click())
      yield* step(() => decided.then((response) => response.finished()))
      yield* awaitText(page, "main", "Not known yet.")
      expect(yield* step(() => page.locator("#flow").count())).toBe(0)
      yield* held.release
      yield* awaitText(page, "#flow", "Given to the agent: imessage.allowFrom names the sender")
      yield* awaitText(page, "#flow", "Robin answered after")
      yield* awaitText(page, "#flow", "Sent for Robin")
      yield* step(() => page.getByLabel("Write into this chat").fill("by hand"))
      // Pressed twice it is sent once.
      yield* step(() => page.getByRole("button", { name: "Send" }).dblclick())
      yield* talk.imsg.awaitSent((sent) => sent.some(({ text }) => text === "by hand"))
      yield* awaitText(page, "#notice", "Sent.")
      yield* awaitText(page, "#flow", "by hand")
      const sent = yield* talk.imsg.awaitSent(2)
      expect(sent.filter(({ text }) => text === "by hand")).toHaveLength(1)

      // What is typed while one is sent stays, and so does what could not be sent.
      const box = page.getByLabel("Write into this chat")
      const sending = yield* holding(page, "**/send")
      yield* step(() => box.fill("one"))
      yield* step(() => page.getByRole("button", { name: "Send" }).click())
      yield* step(() => box.fill("two"))
      yield* sending.release
      yield* talk.imsg.awaitSent((all) => all.some(({ text }) => text === "one"))
      yield* awaitNotice(page, "good", "Sent.")
      expect(yield* step(() => box.inputValue())).toBe("two")
      yield* talk.imsg.chats.fault({ _tag: "failSend", code: -32602, message: "no such chat" })
      yield* step(() => page.getByRole("button", { name: "Send" }).click())
      yield* awaitNotice(page, "bad", "It could not be sent.")
      expect(yield* step(() => box.inputValue())).toBe("two")
      yield* step(() => page.getByRole("button", { name: "Send" }).click())
      yield* awaitNotice(page, "good", "Sent.")
      yield* talk.imsg.awaitSent((all) => all.some(({ text }) => text === "two"))
      expect(yield* step(() => box.inputValue())).toBe("")
      expect(complaints).toEqual([])
    })
  )

  it.scopedLive("says what it cannot know of a chat whose imsg does not run", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway({}, { cliPath: "/nonexistent/imsg" })
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      yield* signIn(page, talk.url)
      yield* awaitText(page, "#connection", "live")
      yield* view(page, "Conversations")
      yield* awaitText(page, "main", "cannot be asked for: the account default has no imsg that runs")
      yield* step(() => page.goto(`${talk.url}#/conversations/default/1`))
      yield* awaitText(page, "main", "What was decided is shown without words.")
      expect(yield* accessibility(page)).toEqual([])
    })
  )

  it.scopedLive("drops all letters of a cause by one answer", () =>
    Effect.gen(function* () {
      const talk = yield* webGateway()
      yield* talk.awaitPage()
      const { page } = yield* openPage()
      yield* signedIn(page, talk.url)
      yield* view(page, "Dead letters")
      for (const [at, text] of ["one", "two", "three"].entries()) {
        yield* talk.imsg.chats.fault({ _tag: "failSend", code: -32602, message: "no such chat" })
        yield* talk.say(text)
        yield* awaitRows(page, "letters", at + 1)
      }
      yield* step(() => page.getByRole("button", { name: "Drop all" }).click())
      yield* step(() => page.getByRole("dialog").getByRole("button", { name: "Drop all" }).click())
      yield* awaitRows(page, "letters", 0)
      yield* awaitText(page, "#notice", "3 letters are dropped.")
      expect(yield* asking(talk.home, (client) => client.deadletters.letters())).toEqual([])
    })
  )
})
