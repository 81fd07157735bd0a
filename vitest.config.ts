import { defineConfig } from "vitest/config"
import { COMPILED } from "./test/support/compiled.ts"
import { LongestFirst } from "./test/support/longestFirst.ts"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Files share the modules of their worker: to load them anew for each took longer than all that they test.
    isolate: false,
    setupFiles: ["test/support/freshIt.ts"],
    // Gateways have a home of their own each: where Node can keep compiled code, they find it in one place.
    env: { NODE_COMPILE_CACHE: COMPILED },
    // Process tests wait more than they compute: two workers leave two cores idle for 40 % of the time.
    maxWorkers: 3,
    // As many: tinypool may end the run with "Terminating worker thread" where it takes away a shared worker that idles.
    minWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: [["default", { summary: false }], "./test/support/summary.ts"]
  }
})
