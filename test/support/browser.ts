/** A real browser for tests: chromium, or the one that CHROMIUM names. */
import { Effect } from "effect"
import { type BrowserContextOptions, chromium, type Page } from "playwright-core"
import { program } from "./programs.ts"

/** Where the browser lies. The test that runs ends here if there is none. */
export const browserProgram = Effect.suspend(() => Effect.fromNullable(process.env.CHROMIUM)).pipe(
  Effect.orElse(() => program("chromium"))
)

const launched = Effect.acquireRelease(
  Effect.flatMap(browserProgram, (executablePath) =>
    Effect.promise(() => chromium.launch({ executablePath }))
  ),
  (browser) => Effect.promise(() => browser.close())
)

/** A step in the browser. One that fails is a defect of the test or of the page. */
export const step = <A>(act: () => Promise<A>): Effect.Effect<A> => Effect.promise(act)

/**
 * A fresh page, and what its console said against it; of a request that failed, with its address. At the end of the
 * scope the browser is closed.
 */
export const openPage = (options: BrowserContextOptions = {}) =>
  Effect.gen(function* () {
    const browser = yield* launched
    const context = yield* step(() => browser.newContext(options))
    context.setDefaultTimeout(20_000)
    const page = yield* step(() => context.newPage())
    const complaints: Array<string> = []
    page.on("pageerror", ({ message }) => complaints.push(message))
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return
      const { url } = message.location()
      complaints.push(
        message.text().startsWith("Failed to load") ? `${message.text()} ${url}` : message.text()
      )
    })
    return { context, page, complaints }
  })

/** The accessible name, roughly, of what has the focus. */
const focused = (page: Page) =>
  page.evaluate("(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent ?? ''")

/** Presses Tab until something has the focus whose text begins like this. */
export const tabTo = (page: Page, text: string) =>
  step(async () => {
    for (let presses = 0; presses < 80; presses++) {
      const name = String(await focused(page)).trim()
      if (name.startsWith(text)) return
      await page.keyboard.press("Tab")
    }
    throw new Error(`no key press leads to ${text}; the focus is on ${await focused(page)}`)
  })

/** Writes a picture of the page into the folder that SCREENSHOTS names, if it does. */
export const picture = (page: Page, name: string) =>
  step(async () => {
    const folder = process.env.SCREENSHOTS
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
  })
