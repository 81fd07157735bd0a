/** The copies of voice notes that `imsg` makes, for who cannot read Apple's own format. */
import { Option } from "effect"
import type { EnvelopeAttachment } from "../../schemas/Envelope.ts"

/** Where Messages keeps files, and where imsg keeps what it made of them, in the same home folder. */
const MESSAGES = /^(.+)\/Library\/Messages\/.*$/u
const COPIES = "$1/Library/Caches/imsg/converted-attachments"

const EXTENSIONS: { readonly [mimeType: string]: string } = { "audio/mp4": "m4a", "audio/mpeg": "mp3" }

/** A copy, and the one folder that it may lie in. */
export interface Copy {
  readonly file: EnvelopeAttachment
  readonly folder: string
}

/** The copy of a file as its row speaks of it: nothing says that it is there. */
export const copyOf = ({ converted, name, path }: EnvelopeAttachment): Option.Option<Copy> => {
  if (converted === undefined || !MESSAGES.test(path)) return Option.none()
  const extension = EXTENSIONS[converted.mimeType.toLowerCase()]
  return Option.some({
    file: {
      ...converted,
      name: extension === undefined ? name : `${name.replace(/\.[a-z0-9]{1,5}$/iu, "")}.${extension}`
    },
    folder: path.replace(MESSAGES, COPIES)
  })
}
