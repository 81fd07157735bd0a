/** The right to be the one gateway of a state folder. */
import { Context } from "effect"

/** Held for as long as its scope; that it exists is all that it says. */
export class StateLock extends Context.Tag("imsg-gateway/StateLock")<StateLock, { readonly pid: number }>() {}
