// What is loaded later is loaded beside what every command has loaded already, and is told so: a bundler keeps together
// what the same entries need, and each `import()` is an entry. Unless they all say that they need the base, it lies in
// forty pieces, by which of them needs what of it, and to find and open so many takes longer than to read them.
import { dirname, resolve } from "node:path"
import { smallPieces } from "./build/smallPieces.mjs"

/** What has run before anything is loaded later. */
const BASE = "src/commandLine.ts"

/** What has run, too, before these load anything: else the gateway lies in pieces by what it may load later. */
const GATEWAY = "src/programs/commands/cli/run.ts"
const IN_THE_GATEWAY = [
  "src/programs/gateway/gateway.ts",
  "src/programs/control/mcp.ts",
  // Also at work in `agent test`, which then loads the gateway too where it asks a model.
  "src/layers/agent/AgentLive.ts"
].map((path) => resolve(path))

/** Rare, and long by themselves: they had cut what the gateway needs in thirty, and load it first instead. */
const BESIDE_THE_GATEWAY = [
  "src/programs/commands/agent/askOnce.ts",
  "src/programs/commands/agent/askingLive.ts",
  "src/programs/commands/cli/cluster.ts",
  "src/programs/commands/doctor/cluster.ts",
  "src/programs/sending/alone.ts",
  "src/programs/sending/clusterPart.ts"
].map((path) => resolve(path))

/** The file itself, once these have run. */
const after =
  (...paths) =>
  ({ path }) => ({
    contents: [
      ...paths.map((one) => `import ${JSON.stringify(resolve(one))}`),
      `export * from ${JSON.stringify(path)}`
    ].join("\n"),
    resolveDir: dirname(path)
  })

/** For a bundle of the program with these options. */
export const besideTheBase = async (options) => {
  const isInTheGateway = (importer, loaded) =>
    IN_THE_GATEWAY.includes(resolve(importer)) || BESIDE_THE_GATEWAY.includes(resolve(loaded))
  const common = await smallPieces(options, { base: BASE, gateway: GATEWAY, isInTheGateway })
  return {
    name: "beside-the-base",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\./ }, ({ importer, kind, path, resolveDir }) => {
        const loaded = resolve(resolveDir, path)
        if (kind !== "dynamic-import" || loaded === resolve(BASE) || importer === "") return undefined
        return {
          path: loaded,
          namespace: isInTheGateway(importer, loaded) ? "later-in-the-gateway" : "later"
        }
      })
      onLoad({ filter: /.*/, namespace: "later" }, after(BASE, ...common))
      onLoad({ filter: /.*/, namespace: "later-in-the-gateway" }, after(BASE, ...common, GATEWAY))
    }
  }
}
