// Packages that do not say of themselves that loading them does nothing: whoever imports one and uses nothing of it would
// have it in the bundle all the same, and run it at each start.
const PACKAGES = /^msgpackr$/

export const withoutEffects = {
  name: "without-effects",
  setup({ onResolve, resolve }) {
    onResolve({ filter: PACKAGES }, async ({ importer, kind, path, pluginData, resolveDir }) =>
      pluginData === PACKAGES
        ? undefined
        : {
            ...(await resolve(path, { importer, kind, resolveDir, pluginData: PACKAGES })),
            sideEffects: false
          }
    )
  }
}
