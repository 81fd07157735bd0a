import { describe, expect, it } from "@effect/vitest"
import { hoistLogLevel } from "../../../../src/programs/commands/cli/args.ts"

describe("the arguments", () => {
  const rows = [
    {
      what: "stay as they are without a log level",
      args: ["--config", "a.json5"],
      hoisted: ["--config", "a.json5"]
    },
    { what: "may be none", args: [], hoisted: [] },
    {
      what: "have the log level first",
      args: ["--config", "a.json5", "--log-level", "debug"],
      hoisted: ["--log-level", "debug", "--config", "a.json5"]
    },
    {
      what: "have the log level first, from the middle too",
      args: ["pairing", "--log-level", "debug", "list"],
      hoisted: ["--log-level", "debug", "pairing", "list"]
    },
    {
      what: "have the log level first, written with =",
      args: ["pairing", "--log-level=debug"],
      hoisted: ["--log-level", "debug", "pairing"]
    },
    {
      what: "keep a log level that is first already",
      args: ["--log-level", "debug", "pairing"],
      hoisted: ["--log-level", "debug", "pairing"]
    },
    {
      what: "keep a log level without a value for the parser to refuse",
      args: ["pairing", "--log-level"],
      hoisted: ["--log-level", "pairing"]
    },
    {
      what: "keep other options that begin like it",
      args: ["--log-format", "json"],
      hoisted: ["--log-format", "json"]
    }
  ]
  for (const { args, hoisted, what } of rows) {
    it(what, () =>
      expect(hoistLogLevel(["node", "main.js", ...args])).toEqual(["node", "main.js", ...hoisted])
    )
  }
})
