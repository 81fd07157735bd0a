import { defineConfig } from "vitest/config"
import { LongestFirst } from "./test/support/longestFirst.ts"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Process tests start real gateways; more workers than cores only make deadlines flaky.
    maxWorkers: 2,
    minWorkers: 1,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [["default", { summary: false }], "./test/support/summary.ts"]
  }
})
