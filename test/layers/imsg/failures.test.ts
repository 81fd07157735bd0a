/** What children say, over three generations of imsg, and the errors that it means. */
import { describe, expect, it } from "@effect/vitest"
import { ofExit, ofResponse } from "../../../src/layers/imsg/failures.ts"
import { firstLine, ofDatabaseError } from "../../../src/schemas/denials.ts"

const denied = (permission: string, detail: string) => ({ _tag: "PermissionDenied", permission, detail })
const AUTOMATION = "Not authorized to send Apple events to Messages. (-1743)"

describe("an exit", () => {
  const banner =
    "⚠️  Permission Error: Cannot access Messages database\n\nGive Full Disk Access to your terminal.\n"
  it.each([
    {
      what: "0.3: the banner of a missing Full Disk Access on stdout",
      said: { code: 1, stdout: banner },
      error: denied("FullDiskAccess", "⚠️  Permission Error: Cannot access Messages database")
    },
    {
      what: "0.5: the code of SQLite on stdout",
      said: { code: 1, stdout: "starting\nauthorization denied (code: 23)\n" },
      error: denied("FullDiskAccess", "authorization denied (code: 23)")
    },
    {
      what: "0.8.1: the error's own name on stdout",
      said: { code: 1, stdout: 'permissionDenied(path: "/chat.db", underlying: denied)\n' },
      error: denied("FullDiskAccess", 'permissionDenied(path: "/chat.db", underlying: denied)')
    },
    {
      what: "the same on stderr, as a wrapper prints it",
      said: { code: 1, stderr: "authorization denied (code: 23)" },
      error: denied("FullDiskAccess", "authorization denied (code: 23)")
    },
    {
      what: "the words of a permission, but a clean exit",
      said: { code: 0, stderr: "authorization denied (code: 23)" },
      error: { _tag: "ChildExited", exitCode: 0 }
    },
    {
      what: "a build without rpc",
      said: { code: 64, stderr: "Error: Unknown command 'rpc'\nUsage: imsg" },
      error: { _tag: "ImsgUnsupported", cliPath: "imsg", detail: "Error: Unknown command 'rpc'" }
    },
    {
      what: "a wrapper whose program is missing",
      said: { code: 127, stderr: "wrapper: line 2: /usr/local/bin/imsg: No such file or directory" },
      error: {
        _tag: "ImsgNotFound",
        detail: "wrapper: line 2: /usr/local/bin/imsg: No such file or directory"
      }
    },
    {
      what: "a wrapper whose program is not executable and that says nothing",
      said: { code: 126 },
      error: { _tag: "ImsgNotFound", detail: "exit code 126" }
    },
    {
      what: "ssh without a connection",
      said: { code: 255, stderr: "ssh: connect to host mac.example.com port 22: Connection refused" },
      error: {
        _tag: "SshFailed",
        host: "mac.example.com",
        reason: "unreachable",
        detail: "ssh: connect to host mac.example.com port 22: Connection refused"
      }
    },
    { what: "a signal", said: { signal: "SIGKILL" }, error: { _tag: "ChildExited", signal: "SIGKILL" } },
    {
      what: "stdout where stderr says nothing",
      said: { code: 2, stdout: "usage: wrapper HOST\n", stderr: "\n" },
      error: { _tag: "ChildExited", stderr: "usage: wrapper HOST\n" }
    },
    {
      what: "harmless lines about groups of the address book",
      said: { code: 1, stderr: "Could not fetch group 1:ABGroup\n" },
      error: { _tag: "ChildExited", exitCode: 1 }
    }
  ] as const)("is told apart: $what", ({ error, said }) => {
    const { code, signal, stderr, stdout } = {
      code: undefined,
      signal: undefined,
      stdout: "",
      stderr: "",
      ...said
    }
    expect(
      ofExit({ command: "imsg rpc", cliPath: "imsg", exit: { code, signal }, stdout, stderr })
    ).toMatchObject(error)
  })

  it("that is not known yet is one of closed pipes", () => {
    const error = ofExit({ command: "imsg rpc", cliPath: "imsg", exit: undefined, stdout: "", stderr: "" })
    expect(error.message).toBe("imsg rpc closed its pipes")
  })

  it("keeps the end of a long stderr", () => {
    const error = ofExit({
      command: "imsg rpc",
      cliPath: "imsg",
      exit: { code: 1, signal: undefined },
      stdout: "",
      stderr: `${"x".repeat(5000)}the end`
    })
    expect(error).toMatchObject({ stderr: expect.stringMatching(/^x{1993}the end$/u) })
  })
})

describe("an error response", () => {
  it.each([
    {
      what: "0.8.2: a missing Full Disk Access in data",
      error: { code: -32603, message: "Internal error", data: "authorization denied (code: 23)" },
      means: denied("FullDiskAccess", "authorization denied (code: 23)")
    },
    {
      what: "0.13: the same with its banner around it",
      error: {
        code: -32603,
        message: "Internal error",
        data: "\nError:\n  Permission Error: Cannot access Messages database\nmore"
      },
      means: denied("FullDiskAccess", "Permission Error: Cannot access Messages database")
    },
    {
      what: "up to 0.13: a missing Automation in data",
      error: { code: -32603, message: "Internal error", data: AUTOMATION },
      means: denied("Automation", AUTOMATION)
    },
    {
      what: "0.14: what may have been sent, although its text names a permission",
      error: {
        code: -32001,
        message: "Delivery failed",
        data: {
          retry_safe: false,
          disposition: "may_have_completed",
          detail: "authorization denied (code: 23)"
        }
      },
      means: { _tag: "RpcFailed", rpcCode: -32001 }
    },
    {
      what: "0.14: a missing Automation in data.detail",
      error: {
        code: -32001,
        message: "Delivery failed",
        data: { retry_safe: true, disposition: "not_started", detail: AUTOMATION }
      },
      means: denied("Automation", AUTOMATION)
    },
    {
      what: "a missing Automation by its number only",
      error: { code: -32603, message: "Internal error", data: "error (-1743)" },
      means: denied("Automation", "error (-1743)")
    },
    {
      what: "a phone number that ends like it",
      error: { code: -32603, message: "Internal error", data: "no such buddy +1 555-555-1743" },
      means: { _tag: "RpcFailed", rpcCode: -32603 }
    },
    {
      what: "0.14: a database that cannot be read",
      error: { code: -32002, message: "Database unavailable", data: { detail: "unable to open\nmore" } },
      means: { _tag: "DatabaseUnavailable", detail: "unable to open" }
    },
    {
      what: "0.14: the same for want of Full Disk Access",
      error: {
        code: -32002,
        message: "Database unavailable",
        data: { detail: "authorization denied (code: 23)" }
      },
      means: denied("FullDiskAccess", "authorization denied (code: 23)")
    },
    {
      what: "0.14: the same with the reason in its message only",
      error: {
        code: -32002,
        message: "Database unavailable: authorization denied (code: 23)",
        data: { path: "x" }
      },
      means: denied("FullDiskAccess", "Database unavailable: authorization denied (code: 23)")
    },
    {
      what: "a delivery of unknown outcome",
      error: {
        code: -32001,
        message: "Delivery unknown",
        data: { retry_safe: false, disposition: "may_have_completed" }
      },
      means: {
        _tag: "RpcFailed",
        method: "send",
        rpcCode: -32001,
        reason: "Delivery unknown",
        data: { retry_safe: false, disposition: "may_have_completed" }
      }
    },
    {
      what: "a method that the build does not have",
      error: { code: -32601, message: "Method not found" },
      means: { _tag: "RpcFailed", rpcCode: -32601, reason: "Method not found" }
    }
  ])("is told apart: $what", ({ error, means }) => {
    expect(ofResponse("send", error)).toMatchObject(means)
  })
})

describe("a report that the database is not ready", () => {
  it.each([
    {
      text: "authorization denied (code: 23)",
      means: denied("FullDiskAccess", "authorization denied (code: 23)")
    },
    { text: "database disk image is malformed", means: { _tag: "DatabaseUnavailable" } }
  ])("is told apart: $text", ({ means, text }) => {
    expect(ofDatabaseError(text)).toMatchObject(means)
  })
})

describe("the first line of a text", () => {
  it.each([
    { text: "\n \n  one  \ntwo", line: "one" },
    { text: "", line: "" },
    { text: "x".repeat(1000), line: "x".repeat(300) }
  ])("is $line", ({ line, text }) => {
    expect(firstLine(text)).toBe(line)
  })
})
