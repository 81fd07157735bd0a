// Indices of packages are taken apart: `import { Effect } from "effect"` becomes an import of `effect/Effect`. A bundle in
// pieces keeps a module in one piece, and an index is a module: whoever needed one thing of it loaded all that anybody needs.
import { existsSync, readFileSync } from "node:fs"

const PACKAGES = ["effect", "@effect/cli", "@effect/cluster", "@effect/platform", "@effect/rpc"]
const IMPORT = new RegExp(`^import (type )?\\{([^}]*)\\} from "(${PACKAGES.join("|")})"$`, "gm")

/** What `effect` exports that is no module: a few functions. */
const FUNCTIONS = new Map([["effect", "effect/Function"]])

const importOf = (from, imported) => {
  const [name, as = name] = imported.split(" as ")
  if (existsSync(`node_modules/${from}/src/${name}.ts`)) return `import * as ${as} from "${from}/${name}"`
  return `import { ${imported} } from "${FUNCTIONS.get(from) ?? from}"`
}

/** The source with each import of an index as imports of modules, in as many lines as before. */
const apart = (source) =>
  source.replace(IMPORT, (whole, typeOnly, names, from) => {
    if (typeOnly !== undefined) return whole
    const values = names.split(",").map((name) => name.trim())
    const imports = values
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => importOf(from, name))
    return imports.join(";")
  })

export const moduleImports = {
  name: "module-imports",
  setup({ onLoad }) {
    onLoad({ filter: /\/(src|bench|test)\/.*\.ts$/ }, ({ path }) =>
      path.includes("/node_modules/")
        ? undefined
        : { contents: apart(readFileSync(path, "utf8")), loader: "ts" }
    )
  }
}
