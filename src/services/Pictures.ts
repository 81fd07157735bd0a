/** Pictures that people send, in a form that models can read. */
import { Context, type Effect } from "effect"
import type { GivenFile } from "../schemas/Turn.ts"

export class Pictures extends Context.Tag("imsg-gateway/Pictures")<
  Pictures,
  {
    /**
     * The picture as it is where models can read it, else a JPEG of at most 1568 pixels a side that is made of it and
     * kept for a while, within bounds. Never takes longer than half a minute once it is its turn; what is no picture
     * stays as it is.
     */
    readonly readable: (file: GivenFile) => Effect.Effect<GivenFile, "cannot be converted">
  }
>() {}
