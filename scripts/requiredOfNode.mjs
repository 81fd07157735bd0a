// Node's own modules are required. Who imports one reads each of its properties, and some load as much again when they
// are read: all of undici stands behind `http`, all of WebCrypto behind `crypto`, a fifth of a start.
import { builtinModules } from "node:module"

const OF_NODE = new RegExp(
  `^(?:node:)?(?:${builtinModules.map((name) => name.replace(/^node:/, "")).join("|")})$`
)

/** They take 10 and 30 ms, and what names them seldom uses them: they are loaded when something of them is read. */
const LATE = /^(?:node:)?(?:crypto|https)$/

/** A module whose properties are those of the one of Node, which is required for the first of them. */
const late = async (path) => `
for (const name of ${JSON.stringify(Object.keys(await import(path)).filter((name) => name !== "default"))}) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require(${JSON.stringify(path)})[name] })
}`

export const requiredOfNode = {
  name: "required-of-node",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: OF_NODE }, ({ kind, path }) =>
      kind === "require-call" ? { path, external: true } : { path, namespace: "required" }
    )
    onLoad({ filter: /.*/, namespace: "required" }, async ({ path }) => ({
      contents: LATE.test(path) ? await late(path) : `module.exports = require(${JSON.stringify(path)})`
    }))
  }
}
