/** A reporter that closes a run with a line that machines read: `12 passed, 0 failed, 3 skipped`. */
import { relative } from "node:path"
import type { Reporter, TestCase, TestModule } from "vitest/node"

const isSkipped = (test: TestCase): boolean => test.result().state === "skipped"

/** `skipped: needs sshd (apt-get install openssh-server): 13 tests in test/e2e/ssh.test.ts` */
const skippedLines = (skipped: ReadonlyArray<TestCase>): ReadonlyArray<string> => {
  const reasons = new Set(skipped.map((test) => test.meta().lacks))
  return [...reasons].map((lacks) => {
    const tests = skipped.filter((test) => test.meta().lacks === lacks)
    const files = new Set(tests.map(({ module }) => relative(process.cwd(), module.moduleId)))
    const why = lacks === undefined ? "as its file says" : `needs ${lacks}`
    return `skipped: ${why}: ${tests.length} ${tests.length === 1 ? "test" : "tests"} in ${[...files].join(", ")}`
  })
}

export default class Summary implements Reporter {
  #lines: ReadonlyArray<string> = ["0 passed, 0 failed"]

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that cannot be loaded, or an error outside of a test, has no test to show for it.
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length
    const skipped = tests.filter(isSkipped)
    const failed = count("failed") + broken
    this.#lines = [
      ...skippedLines(skipped),
      `${count("passed")} passed, ${failed} failed${skipped.length === 0 ? "" : `, ${skipped.length} skipped`}`
    ]
  }

  /** The last hook of a run, in which the default reporter prints its own summary first. */
  onFinished(): void {
    for (const line of this.#lines) console.log(line)
  }
}
