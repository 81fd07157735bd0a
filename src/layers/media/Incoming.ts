/** A file on its way into the gateway's folder. */
import type { Stream } from "effect"
import { MediaRejected } from "../../schemas/errors/media.ts"
import { shown } from "./address.ts"

export interface Incoming {
  /** What it is called where it comes from; not yet harmless. */
  readonly name: string
  /** Its content, once. */
  readonly bytes: Stream.Stream<Uint8Array, MediaRejected>
}

/** Makes the refusals of one source. */
export type Refuse = (reason: MediaRejected["reason"], detail?: string) => MediaRejected

export const refusing =
  (source: string): Refuse =>
  (reason, detail) =>
    new MediaRejected({ source: shown(source), reason, detail })
