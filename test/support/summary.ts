/** A reporter that closes a run with a line that machines read: `12 passed, 0 failed`. */
import type { Reporter, TestModule } from "vitest/node"

export default class Summary implements Reporter {
  #line = "0 passed, 0 failed"

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that cannot be loaded, or an error outside of a test, has no test to show for it.
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length
    const skipped = count("skipped")
    const failed = count("failed") + broken
    this.#line = `${count("passed")} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`
  }

  /** The last hook of a run, in which the default reporter prints its own summary first. */
  onFinished(): void {
    console.log(this.#line)
  }
}
