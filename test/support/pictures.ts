/** Pictures of which there is no more than what says what they are and how large, and one that is whole. */

const u16 = (value: number) => [value >> 8, value & 0xff]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)]
const ascii = (text: string) => [...Buffer.from(text, "latin1")]

export const jpeg = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 16, ...ascii("JFIF"), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0],
    ...[0xff, 0xc0, 0, 17, 8, ...u16(height), ...u16(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
    ...[0xff, 0xd9]
  ])

const chunk = (type: string, data: ReadonlyArray<number>) => [
  ...u32(data.length),
  ...ascii(type),
  ...data,
  ...u32(0)
]

export const png = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...[0x89, ...ascii("PNG\r\n\u001a\n")],
    ...chunk("IHDR", [...u32(width), ...u32(height), 8, 2, 0, 0, 0]),
    ...chunk("IDAT", [0]),
    ...chunk("IEND", [])
  ])

const box = (type: string, ...content: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<number> => {
  const data = content.flat()
  return [...u32(data.length + 8), ...ascii(type), ...data]
}

/** A picture of a phone: tiles, and the whole. */
export const heic = (width: number, height: number): Uint8Array => {
  const size = (w: number, h: number) => box("ispe", u32(0), u32(w), u32(h))
  return Uint8Array.from([
    ...box("ftyp", ascii("heic"), u32(0), ascii("mif1heic")),
    ...box("meta", u32(0), box("iprp", box("ipco", size(512, 512), size(width, height))))
  ])
}

/** A bitmap of one colour, without compression. */
export const bitmap = (width: number, height: number): Uint8Array => {
  const row = Math.ceil((width * 3) / 4) * 4
  const bytes = Buffer.alloc(54 + row * height, 0x80)
  bytes.fill(0, 0, 54)
  bytes.write("BM")
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  return bytes
}
