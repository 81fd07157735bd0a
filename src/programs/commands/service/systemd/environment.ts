/** Where a user's service of systemd gets variables from; see "Environment" in systemd.exec(5). */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import { words } from "./quoting.ts"
import * as systemctl from "./systemctl.ts"
import { UNIT } from "./unit.ts"

/** The names that lines of `NAME=value` set. */
export const namesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*=/gmu)].map(([, name = ""]) => name)

/** The values of a property in what `systemctl show` prints, which has some of them line by line. */
const valuesOf = (shown: string, property: string): ReadonlyArray<string> =>
  shown
    .split("\n")
    .flatMap((line) => (line.startsWith(`${property}=`) ? [line.slice(property.length + 1)] : []))

/** The files of `EnvironmentFile=`, which `systemctl show` names with their option. */
export const environmentFiles = (shown: string): ReadonlyArray<string> =>
  valuesOf(shown, "EnvironmentFiles").map((value) => value.replace(/ \(ignore_errors=(?:yes|no)\)$/u, ""))

/**
 * The names of the variables that the service has beside those that systemd sets for every one: of the unit with its
 * drop-ins, of the files that those name, and of the user's systemd itself (`environment.d`, `set-environment`).
 */
export const givenVariables = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { stdout: shown } = yield* systemctl.run("show", UNIT, "-p", "Environment,EnvironmentFiles")
  const { stdout: inherited } = yield* systemctl.run("show-environment")
  const assigned = valuesOf(shown, "Environment").flatMap(words)
  const files = yield* Effect.forEach(environmentFiles(shown), (file) =>
    // What systemd cannot read either sets nothing.
    Effect.orElseSucceed(fs.readFileString(file), () => "")
  )
  return [...assigned, ...files, inherited].flatMap(namesIn)
})
