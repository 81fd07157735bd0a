import { describe, expect, it } from "@effect/vitest"
import { asJpeg, isGoodResult, type Seen, treatmentOf } from "../../../../src/layers/media/pictures/kinds.ts"

const MEGABYTE = 1024 * 1024
const seen = (extension: string | undefined, width?: number, height = 100, bytes = 1000): Seen => ({
  extension,
  size: width === undefined ? undefined : { width, height },
  bytes
})

describe("a picture", () => {
  it.each<[what: string, Seen, mimeType: string]>([
    ["a JPEG", seen("jpg", 1568, 1568), "image/jpeg"],
    ["a PNG", seen("png", 1), "image/png"],
    ["a PNG that moves", seen("apng", 1), "image/png"],
    ["a GIF", seen("gif", 800), "image/gif"],
    ["a WebP of exactly so many bytes", seen("webp", 800, 600, 5 * MEGABYTE), "image/webp"]
  ])("is given as it is: %s", (_, one, mimeType) => {
    expect(treatmentOf(one)).toEqual({ _tag: "Keep", mimeType })
  })

  it.each<[what: string, Seen, format: string, shrinks: boolean]>([
    ["of a phone", seen("heic", 4032, 3024), "heic", true],
    ["of a phone, small", seen("heic", 640, 480), "heic", false],
    ["whose size cannot be read", seen("heic"), "heic", true],
    ["that is wide", seen("jpg", 1569, 10), "jpeg", true],
    ["that is high", seen("png", 10, 1569), "png", true],
    ["of too many bytes", seen("png", 1000, 1000, 5 * MEGABYTE + 1), "png", false],
    ["of a scanner", seen("tif", 100), "tiff", false]
  ])("is converted: one %s", (_, one, format, shrinks) => {
    expect(treatmentOf(one)).toMatchObject({ _tag: "Convert", source: { format, shrinks } })
  })

  it.each<[what: string, Seen]>([
    ["what is of no known kind", seen(undefined)],
    ["what is a program to some converters", seen("svg", 100)],
    ["a film", seen("mp4", 100)],
    ["what is made to fill a memory", seen("png", 50_000, 50_000)]
  ])("is refused: %s", (_, one) => {
    expect(treatmentOf(one)._tag).toBe("Refuse")
  })

  it.each<[what: string, Seen, good: boolean]>([
    ["the whole, smaller", seen("jpg", 1568, 1176), true],
    ["the whole, turned", seen("jpg", 1176, 1568), true],
    ["a tile of it", seen("jpg", 512, 512), false],
    ["no JPEG", seen("png", 1568, 1176), false],
    ["too large", seen("jpg", 4032, 3024), false],
    ["without a size", seen("jpg"), false],
    ["too many bytes", seen("jpg", 1568, 1176, 6 * MEGABYTE), false]
  ])("has a good result, or not: %s", (_, one, good) => {
    expect(isGoodResult(one, { width: 4032, height: 3024 })).toBe(good)
  })

  it.each([
    ["IMG_1.HEIC", "IMG_1.jpg"],
    ["a.b.png", "a.b.jpg"],
    ["picture", "picture.jpg"]
  ])("that is called %s is called %s then", (name, called) => {
    expect(asJpeg(name)).toBe(called)
  })
})
