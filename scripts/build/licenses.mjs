// The licences of what is bundled: dist/THIRD-PARTY-LICENSES.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const FILE = "dist/THIRD-PARTY-LICENSES"

/** The folder of the package that a file belongs to; the innermost, where one lies in another. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u
/** What packages call the file that they want to be handed on. */
const LICENSE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/iu

const packagesOf = (metafiles) => {
  const files = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.keys(inputs))
  return [...new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []))].sort()
}

const sectionOf = (folder) => {
  const { author, license, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  if (typeof license !== "string") throw new Error(`${name} ${version} is bundled, and names no licence`)
  const texts = readdirSync(folder)
    .filter((file) => LICENSE.test(file) && !/\.[cm]?[jt]s$/u.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8").trim())
  const by = typeof author === "string" ? author : (author?.name ?? "its authors")
  return [`${name} ${version} (${license})`, ...(texts.length > 0 ? texts : [`By ${by}.`])].join("\n\n")
}

const INTRODUCTION = `imsg-gateway is one program, and these packages are part of it. Each is licensed as stated.
SQLite itself, which is in the libraries of @photostructure/sqlite, is in the public domain.`

/** Writes the licences of all packages that went into these builds. */
export const writeLicenses = (metafiles) => {
  const unfinished = `${FILE}.${process.pid}`
  const sections = packagesOf(metafiles).map(sectionOf)
  writeFileSync(unfinished, `${[INTRODUCTION, ...sections].join(`\n\n${"-".repeat(80)}\n\n`)}\n`)
  renameSync(unfinished, FILE)
}
