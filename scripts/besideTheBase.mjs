// What is loaded later is loaded beside what every command has loaded already, and is told so: a bundler keeps together
// what the same entries need, and each `import()` is an entry. Unless they all say that they need the base, it lies in
// forty pieces, by which of them needs what of it, and to find and open so many takes longer than to read them.
import { dirname, resolve } from "node:path"

/** What has run before anything is loaded later. */
const BASE = resolve("src/commandLine.ts")

export const besideTheBase = {
  name: "beside-the-base",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\./ }, ({ importer, kind, path, resolveDir }) => {
      const loaded = resolve(resolveDir, path)
      return kind === "dynamic-import" && loaded !== BASE && importer !== ""
        ? { path: loaded, namespace: "later" }
        : undefined
    })
    onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
      contents: `import ${JSON.stringify(BASE)}\nexport * from ${JSON.stringify(path)}`,
      resolveDir: dirname(path)
    }))
  }
}
