/** The names of staged files, by name and content. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { isText, markedExtensions } from "../../../src/layers/media/content.ts"
import { Content, fileName } from "../../../src/layers/media/fileName.ts"

const known = (extension: string) => Content.Known({ extension })
const text = Content.Text()
const binary = Content.Binary()

const LONG = "ü".repeat(400)

const CASES: ReadonlyArray<readonly [why: string, name: string, content: Content, expected: string]> = [
  ["a name that fits is kept", "photo.jpg", known("jpg"), "photo.jpg"],
  ["another spelling fits", "photo.jpeg", known("jpg"), "photo.jpeg"],
  ["upper case fits", "PHOTO.JPG", known("jpg"), "PHOTO.JPG"],
  ["a HEIF is a HEIC", "photo.heif", known("heic"), "photo.heif"],
  ["sound in an MP4 container may be called m4a", "voice.m4a", known("mp4"), "voice.m4a"],
  ["an animated PNG is a PNG", "moving.png", known("apng"), "moving.png"],
  ["a pass is a zip", "ticket.pkpass", known("zip"), "ticket.pkpass"],
  ["a drawing is XML", "drawing.svg", known("xml"), "drawing.svg"],
  ["a packed archive may have two extensions", "all.tar.gz", known("tar.gz"), "all.tar.gz"],
  ["a wrong name is corrected", "photo.txt", known("jpg"), "photo.jpg"],
  ["a wrong type is corrected", "photo.png", known("jpg"), "photo.jpg"],
  ["a program is not a picture", "photo.jpg", known("exe"), "photo.exe"],
  ["a script's name gives way", "image.php", known("png"), "image.png"],
  ["a name without extension gets one", "photo", known("jpg"), "photo.jpg"],
  ["a dot is not always an extension", "Report v1.2", known("pdf"), "Report v1.2.pdf"],
  ["a word after a dot is not lost", "Report.final", known("pdf"), "Report.final.pdf"],
  ["text keeps its name", "table.csv", text, "table.csv"],
  ["an unknown extension is kept", "notes.xyz", text, "notes.xyz"],
  ["text without extension stays so", "README", text, "README"],
  ["text is no picture", "photo.png", text, "photo.txt"],
  ["text is no picture by another spelling", "photo.jpeg", text, "photo.txt"],
  ["anything else is no picture", "photo.png", binary, "photo.bin"],
  ["anything else keeps a name of its own", "data.xyz", binary, "data.xyz"],
  ["XML may lack its declaration", "feed.xml", text, "feed.xml"],
  ["a drawing may lack it too", "drawing.svg", text, "drawing.svg"],
  ["a contact keeps its name", "friend.vcf", text, "friend.vcf"],
  ["separators become harmless", "../../etc/passwd", text, "_.._etc_passwd"],
  ["so do those of other systems", "a\\b:c.txt", text, "a_b_c.txt"],
  ["a leading dot would hide it", "...hidden.txt", text, "hidden.txt"],
  ["white space at the edges goes", "  a b.txt \n", text, "a b.txt"],
  ["control characters go", "a\u0000\u001b[31mb\r\n.txt", text, "a[31mb.txt"],
  ["what turns the writing goes", "photo\u202egpj.exe", known("exe"), "photogpj.exe"],
  ["half a character goes", "a\ud83d.txt", text, "a.txt"],
  ["joined emoji stay", "👩‍👩‍👧.txt", text, "👩‍👩‍👧.txt"],
  ["nothing is called something", "", text, "file"],
  ["dots alone are nothing", "..", known("jpg"), "file.jpg"],
  ["an extension alone is a name", ".jpg", known("jpg"), "jpg.jpg"],
  ["a long name is cut, its extension is not", `${LONG}.csv`, text, `${"ü".repeat(98)}.csv`],
  ["a long name without extension is cut", LONG, text, "ü".repeat(100)]
]

describe("the name of a staged file", () => {
  it.effect.each(CASES)("%s", ([, name, content, expected]) =>
    Effect.map(markedExtensions, (marked) => {
      const named = fileName(name, content, marked)
      expect(named).toBe(expected)
      expect(Buffer.byteLength(named)).toBeLessThanOrEqual(200)
    })
  )
})

const bytes = (...values: ReadonlyArray<number>) => Uint8Array.from(values)
const utf8 = (value: string) => new TextEncoder().encode(value)

describe("text", () => {
  it.each<readonly [string, Uint8Array, boolean, boolean]>([
    ["is what is written in UTF-8", utf8("grüße 🌍\r\n\t"), true, true],
    ["may be empty", bytes(), true, true],
    ["has no bytes that UTF-8 lacks", bytes(0x61, 0xff), true, false],
    ["has no zero bytes", bytes(0x61, 0), true, false],
    ["ends with a whole character", bytes(0x61, 0xc3), true, false],
    ["may go on after the sample", bytes(0x61, 0xc3), false, true]
  ])("%s", (_, sample, isWhole, expected) => {
    expect(isText(sample, isWhole)).toBe(expected)
  })
})
