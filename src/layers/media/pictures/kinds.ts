/** Which pictures models can read, and what is to be done about the others. */
import { Data } from "effect"

/** Models look at no more pixels a side, and are slower and dearer for those that they scale down themselves. */
export const MAX_SIDE = 1568
/** What the narrowest of the large services takes. */
export const MAX_BYTES = 5 * 1024 * 1024
/** Phones make pictures of 50 million pixels. One with many more is made to fill a memory. */
const MAX_PIXELS = 150_000_000

/** The types that models read, by the extension of their content. */
const READ: ReadonlyMap<string, string> = new Map([
  ["jpg", "image/jpeg"],
  ["png", "image/png"],
  ["apng", "image/png"],
  ["gif", "image/gif"],
  ["webp", "image/webp"]
])

/**
 * The formats that are converted, as ImageMagick calls them; it is told the format, for what it finds out itself may be a
 * program (SVG, PostScript).
 */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ["jpg", "jpeg"],
  ["png", "png"],
  ["apng", "png"],
  ["gif", "gif"],
  ["webp", "webp"],
  ["heic", "heic"],
  ["avif", "avif"],
  ["tif", "tiff"],
  ["bmp", "bmp"],
  ["jp2", "jp2"]
])

export interface Size {
  readonly width: number
  readonly height: number
}

/** What is seen of a file: the extension of its content, and its size where that could be read. */
export interface Seen {
  readonly extension: string | undefined
  readonly size: Size | undefined
  readonly bytes: number
}

/** A picture that is to be converted. */
export interface Source {
  /** The extension of its content. */
  readonly extension: string
  readonly format: string
  /** Whether it is, or may be, too large. */
  readonly shrinks: boolean
}

export type Treatment = Data.TaggedEnum<{
  /** Models can read it, as this type. */
  readonly Keep: { readonly mimeType: string }
  readonly Convert: { readonly source: Source }
  readonly Refuse: { readonly detail: string }
}>
export const Treatment = Data.taggedEnum<Treatment>()

const isWithin = ({ height, width }: Size): boolean => Math.max(height, width) <= MAX_SIDE

export const treatmentOf = ({ bytes, extension = "", size }: Seen): Treatment => {
  const mimeType = READ.get(extension)
  const isSmall = size !== undefined && isWithin(size)
  if (mimeType !== undefined && isSmall && bytes <= MAX_BYTES) return Treatment.Keep({ mimeType })
  const format = FORMATS.get(extension)
  if (format === undefined) return Treatment.Refuse({ detail: "it is no picture of a known kind" })
  if (size !== undefined && size.width * size.height > MAX_PIXELS) {
    return Treatment.Refuse({ detail: "it has too many pixels" })
  }
  return Treatment.Convert({ source: { extension, format, shrinks: !isSmall } })
}

/**
 * Whether a result is what it should be. Older builds of ffmpeg make a tile of a picture that is made of tiles: it has
 * another shape than the whole.
 */
export const isGoodResult = ({ bytes, extension, size }: Seen, of: Size | undefined): boolean => {
  if (extension !== "jpg" || size === undefined || bytes > MAX_BYTES || !isWithin(size)) return false
  if (of === undefined) return true
  const shape = (one: Size) => Math.max(one.width, one.height) / Math.min(one.width, one.height)
  return Math.abs(shape(size) / shape(of) - 1) < 0.05
}

/** What a JPEG is called that was made of a picture of this name. */
export const asJpeg = (name: string): string => `${name.replace(/\.[a-z0-9]{1,5}$/iu, "")}.jpg`
