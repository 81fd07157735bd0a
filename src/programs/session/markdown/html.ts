/** What HTML in an agent's text comes to: agents write a little of it, and a lot that only looks like it. */

/** Tags that lay text out. Any other is a placeholder, a type, or what the text is about: `<your name>`, `List<Item>`. */
const LAYOUT =
  /^(?:a|abbr|b|big|blockquote|br|caption|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|var)$/u

/** Tags behind which a line ends. */
const ENDS_LINE = /^(?:blockquote|caption|dd|div|dl|dt|h[1-6]|li|ol|p|pre|summary|table|tr|ul)$/u

const TAG = /^<(?<end>\/?)(?<name>[a-z][a-z0-9]*)(?<attributes>[^>]*)>$/isu
const MARKUP = /(<!--[\s\S]*?(?:-->|$)|<\/?[a-z][^<>]*>)/giu

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    apos: "'",
    bull: "•",
    copy: "©",
    deg: "°",
    euro: "€",
    gt: ">",
    hellip: "…",
    laquo: "«",
    larr: "←",
    ldquo: "“",
    lsquo: "‘",
    lt: "<",
    mdash: "—",
    middot: "·",
    nbsp: "\u00a0",
    ndash: "–",
    pound: "£",
    quot: '"',
    raquo: "»",
    rarr: "→",
    rdquo: "”",
    reg: "®",
    rsquo: "’",
    times: "×",
    trade: "™"
  })
)

const characterOf = (code: number): string | undefined =>
  code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined

/** The text with the characters that its entities stand for; one that is not known stays. */
export const withoutEntities = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/giu,
    (entity, decimal?: string, hex?: string, name?: string) =>
      (name === undefined
        ? characterOf(decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal))
        : ENTITIES.get(name)) ?? entity
  )

const attribute = (attributes: string, name: string): string => {
  const found = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`, "iu").exec(
    attributes
  )
  return withoutEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? "").trim()
}

/** A link or a picture as text: what it says, and where it leads to unless that is the same. */
export const withAddress = (text: string, address: string): string => {
  const plain = (one: string) => one.replace(/^(?:mailto:|tel:|https?:\/\/)/iu, "").replace(/\/$/u, "")
  // A picture that is written out as data is no address that anybody could read.
  if (address === "" || /^data:/iu.test(address)) return text
  return text === "" || plain(text) === plain(address)
    ? address.replace(/^mailto:/iu, "")
    : `${text} (${address})`
}

/** Reads a text's tags one after the other; a link is told where it ends. */
export const makeTags = () => {
  const links: Array<string> = []

  /** What stands for a tag. One that is none stays as it is. */
  return (tag: string): string => {
    if (tag.startsWith("<!--")) return ""
    const { attributes = "", end = "", name: written = "" } = TAG.exec(tag)?.groups ?? {}
    const name = written.toLowerCase()
    if (!LAYOUT.test(name)) return tag
    if (name === "br") return "\n"
    if (name === "hr") return "\n———\n"
    if (name === "img") return withAddress(attribute(attributes, "alt"), attribute(attributes, "src"))
    if (name === "a") {
      if (end === "") links.push(attribute(attributes, "href"))
      const address = end === "" ? "" : (links.pop() ?? "")
      return address === "" ? "" : ` (${address})`
    }
    if (name === "li" && end === "") return "• "
    return end !== "" && ENDS_LINE.test(name) ? "\n" : /^t[dh]$/u.test(name) && end !== "" ? " " : ""
  }
}

/** A block of HTML as lines of text. */
export const htmlText = (html: string): string => {
  const tagged = makeTags()
  return html
    .split(MARKUP)
    .map((piece, at) => (at % 2 === 1 ? tagged(piece) : withoutEntities(piece)))
    .join("")
    .replace(/[ \t]+$/gmu, "")
    .replace(/\n{2,}/gu, "\n")
    .trim()
}
