import { defineConfig } from "vitest/config"

export default defineConfig({
  cacheDir: "../../../node_modules/.vite/lacking",
  test: { include: ["lacking.fixture.ts"], reporters: ["../summary.ts"] }
})
