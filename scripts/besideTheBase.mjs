// What is loaded later is loaded beside what every command has loaded already, and is told so: a bundler keeps together
// what the same entries need, and each `import()` is an entry. Unless they all say that they need the base, it lies in
// forty pieces, by which of them needs what of it, and to find and open so many takes longer than to read them.
import { dirname, resolve } from "node:path"

/** What has run before anything is loaded later. */
const BASE = resolve("src/commandLine.ts")

/** Small things that nearly every command needs, each of which would be a piece of its own. */
const COMMON = [
  "src/layers/config/stateDirOf.ts",
  "src/layers/database/Database.ts",
  "src/layers/process/waitAtMost.ts",
  "src/programs/commands/cli/print.ts",
  "src/programs/commands/cli/table.ts",
  "src/layers/remote/KeyedLocks.ts",
  "src/schemas/bounds.ts",
  "src/schemas/bytes.ts",
  "src/schemas/config/databaseName.ts",
  "src/schemas/cut.ts",
  "src/schemas/errors/config.ts",
  "src/schemas/errors/messageOf.ts",
  "src/schemas/errors/tryAgain.ts",
  "src/schemas/inWords.ts",
  "src/schemas/naming.ts",
  "src/schemas/storeFile.ts",
  "src/services/Accounts.ts",
  "src/services/ActsFor.ts",
  "src/services/Audit.ts",
  "src/services/Chunker.ts",
  "src/services/Conversations.ts",
  "src/services/DeadLetters.ts",
  "src/services/Decisions.ts",
  "src/services/OutboundFiles.ts",
  "src/services/Outbox.ts",
  "src/services/PairingStore.ts",
  "src/services/PausedChats.ts",
  "src/services/Positions.ts"
].map((path) => resolve(path))

/** What has run, too, before these load anything: else the gateway lies in pieces by what it may load later. */
const GATEWAY = resolve("src/programs/commands/cli/run.ts")
const IN_THE_GATEWAY = [
  "src/programs/gateway/gateway.ts",
  "src/programs/control/mcp.ts",
  // Also at work in `agent test`, which then loads the gateway too where it asks a model.
  "src/layers/agent/AgentLive.ts"
].map((path) => resolve(path))

/** The file itself, once these have run. */
const after =
  (...paths) =>
  ({ path }) => ({
    contents: [
      ...paths.map((one) => `import ${JSON.stringify(one)}`),
      `export * from ${JSON.stringify(path)}`
    ].join("\n"),
    resolveDir: dirname(path)
  })

export const besideTheBase = {
  name: "beside-the-base",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\./ }, ({ importer, kind, path, resolveDir }) => {
      const loaded = resolve(resolveDir, path)
      return kind === "dynamic-import" && loaded !== BASE && importer !== ""
        ? { path: loaded, namespace: IN_THE_GATEWAY.includes(importer) ? "later-in-the-gateway" : "later" }
        : undefined
    })
    onLoad({ filter: /.*/, namespace: "later" }, after(BASE, ...COMMON))
    onLoad({ filter: /.*/, namespace: "later-in-the-gateway" }, after(BASE, ...COMMON, GATEWAY))
  }
}
