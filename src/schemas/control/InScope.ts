/** What a token must be worth so that an endpoint of the control server answers. */
import { HttpApiMiddleware } from "@effect/platform"
import { Context, Schema } from "effect"
import { SCOPES, type Scope } from "../Grant.ts"
import { Forbidden, Unauthorized } from "./failures.ts"

/** An annotation of endpoints and groups: one of these scopes is needed. What says nothing is the owner's alone. */
export class Needs extends Context.Reference<Needs>()("imsg-gateway/Needs", {
  defaultValue: (): ReadonlyArray<Scope> => ["admin"]
}) {}

/** Who may do anything at all may ask: what is asked for decides. */
export const ANY_SCOPE: ReadonlyArray<Scope> = SCOPES

/** Stands before every endpoint, and refuses whoever asks for what their grant is not worth. */
export class InScope extends HttpApiMiddleware.Tag<InScope>()("imsg-gateway/InScope", {
  failure: Schema.Union(Unauthorized, Forbidden)
}) {}
