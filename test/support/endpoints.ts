/** The endpoints of the control server, and what each needs. */
import { HttpApi } from "@effect/platform"
import { Context } from "effect"
import { ControlApi } from "../../src/schemas/control/ControlApi.ts"
import { InScope, Needs } from "../../src/schemas/control/InScope.ts"
import type { Scope } from "../../src/schemas/Grant.ts"

export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly needs: ReadonlyArray<Scope>
  readonly isGuarded: boolean
}

export const ENDPOINTS = (() => {
  const all: Array<Endpoint> = []
  HttpApi.reflect(ControlApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path }, mergedAnnotations, middleware }) =>
      void all.push({
        method,
        path: path
          .replace(":id", "1")
          .replace(":chat", "1")
          .replace(":code", "NONE")
          .replace(":name", "none"),
        needs: Context.get(mergedAnnotations, Needs),
        isGuarded: [...middleware].some(({ key }) => key === InScope.key)
      })
  })
  return all
})()
