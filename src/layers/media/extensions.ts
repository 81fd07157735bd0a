/** File name extensions, lower-case: which fit which content, and which promise a content at all. */

/**
 * By the extension that `file-type` gives a content: the others under which that content is as much at home. For
 * containers (zip, xml, OLE) these are the formats made of them that have no mark of their own.
 */
const ALSO_FITS: { readonly [extension: string]: string } = {
  "3gp": "3gpp 3g2 mp4",
  "3g2": "3gpp2 3gp mp4",
  aif: "aiff aifc",
  apng: "png",
  asf: "wma wmv",
  avif: "avifs heif",
  cfb: "doc dot xls xlt ppt pps pot msg msi vsd pub mpp",
  eps: "ai epsf",
  exe: "dll scr sys",
  gz: "tgz svgz gzip",
  heic: "heif heics heifs hif",
  jp2: "jpg2 j2k",
  jpg: "jpeg jpe jfif",
  m4a: "m4b m4r m4p mp4",
  m4b: "m4a mp4",
  m4p: "m4a mp4",
  m4v: "mp4",
  macho: "dylib",
  mid: "midi kar",
  mkv: "mka mks mk3d",
  mov: "qt",
  mp2: "mpga mpa",
  mp3: "mpga",
  mp4: "m4a m4b m4p m4r m4v f4v",
  mpg: "mpeg mpe m1v m2v vob",
  mts: "m2ts ts",
  oga: "ogg opus",
  ogg: "oga ogv ogx opus spx",
  ogv: "ogg",
  opus: "ogg oga",
  otf: "ttf",
  pdf: "ai",
  pgp: "asc gpg sig",
  png: "apng",
  ps: "ai eps",
  sqlite: "sqlite3 db",
  spx: "ogg",
  "tar.gz": "tgz gz",
  tif: "tiff dng nef arw pef srw",
  ttf: "otf",
  vcf: "vcard",
  wav: "wave",
  webm: "mkv weba",
  xml: "svg xhtml html htm plist kml gpx tcx rss atom xsd xsl xslt dae fb2 opml mobileconfig musicxml",
  zip: "pages numbers key usdz pkpass pkpasses ipa cbz kmz sketch shortcut whl nupkg war ear"
}

const words = (text: string): ReadonlyArray<string> => text.split(" ")
const FITTING = new Map(Object.entries(ALSO_FITS).map(([content, others]) => [content, words(others)]))

/** Formats of which some files have no mark at the beginning: without one, their names are believed. */
const UNMARKED = new Set(
  words("xml ics vcf vtt stl reg dat sav fbx pgp asc gpg sig mts ts key svg html htm db")
)
const UNMARKED_FAMILIES = new Set(["xml", "vcf", "pgp"])

/** Names for content of any kind, and for pages that answer with files: nothing is lost when they give way. */
const ORDINARY = new Set(
  words("txt text md csv tsv json html htm xhtml js mjs cjs ts css log yaml yml ini conf toml svg").concat(
    words("bin dat tmp part download bak php asp aspx jsp cgi")
  )
)

const MARKED = new Set(
  [...FITTING].filter(([content]) => !UNMARKED_FAMILIES.has(content)).flatMap(([, others]) => others)
)

/** Whether a name with `extension` is right for a content that `file-type` calls `content`. */
export const fits = (extension: string, content: string): boolean =>
  extension === content.toLowerCase() || FITTING.get(content)?.includes(extension) === true

/** Whether `extension` promises a content that begins with a mark. `marked` is what `file-type` recognises. */
export const promisesMark = (extension: string, marked: ReadonlySet<string>): boolean =>
  !UNMARKED.has(extension) && (marked.has(extension) || MARKED.has(extension))

/** Whether `extension` is one at all, rather than the end of a name with a dot in it (`Report v1.2`). */
export const isKnown = (extension: string, marked: ReadonlySet<string>): boolean =>
  ORDINARY.has(extension) || UNMARKED.has(extension) || MARKED.has(extension) || marked.has(extension)
