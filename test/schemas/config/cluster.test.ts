import { describe, expect, it } from "@effect/vitest"
import { Option, Redacted } from "effect"
import { withoutSecrets } from "../../../src/schemas/config/withoutSecrets.ts"
import { config, problems } from "./decoding.ts"

const SECRET = "0123456789abcdef0123456789abcdef"

/** A valid section, with other values for some of its keys. */
const cluster = (values: Readonly<Record<string, unknown>> = {}) => ({
  postgres: { url: "postgres://imsg:hush-hush@db.local:5432/imsg" },
  name: "studio",
  address: "studio.local:7300",
  secret: SECRET,
  ...values
})

/** A variable of the environment, as it is written in a file. */
const variable = (name: string) => ["$", "{", name, "}"].join("")

const text = (content: Readonly<Record<string, unknown>>) => JSON.stringify(content)
const accountsOf = (imessage: Readonly<Record<string, unknown>>) => text({ cluster: cluster(), imessage })
const OVER_SSH = { cliPath: "ssh -T mac imsg" }

describe("the section cluster", () => {
  it("is absent where the file has none", () => {
    expect("cluster" in config("{}")).toBe(false)
  })

  it("says where this host is, and listens there", () => {
    const found = config(text({ cluster: cluster(), imessage: OVER_SSH })).cluster
    expect(found).toMatchObject({
      name: "studio",
      address: { host: "studio.local", port: 7300 },
      listen: { host: "studio.local", port: 7300 }
    })
    expect(Option.map(Option.fromNullable(found), ({ postgres }) => Redacted.value(postgres.url))).toEqual(
      Option.some("postgres://imsg:hush-hush@db.local:5432/imsg")
    )
  })

  it("may be the same on every host, and listen elsewhere", () => {
    const written = cluster({
      name: variable("HOST"),
      address: `${variable("HOST")}.local:7300`,
      listen: "[::]:7301"
    })
    expect(config(text({ cluster: written, imessage: OVER_SSH }), { HOST: "spare" }).cluster).toMatchObject({
      name: "spare",
      address: { host: "spare.local", port: 7300 },
      listen: { host: "::", port: 7301 }
    })
  })

  it("shows no secret, and says which ones stand in the file", () => {
    const { cluster: found = {}, writtenSecrets } = config(
      text({ cluster: cluster({ secret: variable("TOKEN") }), imessage: OVER_SSH })
    )
    expect(JSON.stringify([found, withoutSecrets(found)])).not.toContain("hush-hush")
    expect(writtenSecrets).toEqual(["cluster.postgres.url"])
  })

  it.each([
    [
      { name: "my studio" },
      'cluster.name: expected the name of a host: a letter or digit, then up to 39 letters, digits, "-" or "_"; got another string'
    ],
    [{ name: "a,b" }, expect.stringContaining("cluster.name: expected the name of a host")],
    [{ name: "a".repeat(41) }, expect.stringContaining("cluster.name: expected the name of a host")],
    [
      { address: "studio.local" },
      "cluster.address: expected an address with a port, such as studio.local:7300 or [fd00::1]:7300, at which the other hosts reach this one; 0.0.0.0 and [::] are for `listen`; got another string"
    ],
    [
      { address: "studio.local:70000" },
      expect.stringContaining("cluster.address: expected an address with a port")
    ],
    [
      { address: "fd00::1:7300" },
      expect.stringContaining("cluster.address: expected an address with a port")
    ],
    ...["0.0.0.0:7300", "[::]:7300", "[0:0:0:0:0:0:0:0]:7300", "[::ffff:0.0.0.0]:7300", "0:7300"].map(
      (address): [Readonly<Record<string, unknown>>, unknown] => [
        { address, listen: address },
        expect.stringContaining("0.0.0.0 and [::] are for `listen`")
      ]
    ),
    [{ listen: ":7300" }, expect.stringContaining("cluster.listen: expected an address with a port")],
    [
      { postgres: { url: "mysql://root:hush-hush@db/x" } },
      "cluster.postgres.url: expected the address of a PostgreSQL database, such as postgres://user:password@host:5432/database; got another string"
    ],
    [
      { secret: "hush-hush" },
      "cluster.secret: expected a secret of at least 32 characters, 8 of them different, the same on every host: `openssl rand -hex 32` makes one; got another string"
    ],
    [{ secret: "a".repeat(40) }, expect.stringContaining("cluster.secret: expected a secret")]
  ])("refuses %j", (values, problem) => {
    expect(problems(text({ cluster: cluster(values), imessage: OVER_SSH }))).toEqual([problem])
  })

  it("needs all that another host could not guess", () => {
    expect(problems(text({ cluster: {}, imessage: OVER_SSH }))).toMatchObject(
      ["postgres", "name", "address", "secret"].map((key) =>
        expect.stringContaining(`cluster.${key}: is missing`)
      )
    )
  })
})

describe("the address of the database", () => {
  const said = (url: string) =>
    problems(text({ cluster: cluster({ postgres: { url } }), imessage: OVER_SSH }))

  it.each([
    "postgres://imsg:hush-hush@db.local:5432/imsg",
    "postgresql://imsg:hush%40hush%23@10.8.0.1/imsg?sslmode=no-verify",
    "postgres://imsg:hush-hush@db/imsg?sslmode=verify-full&sslrootcert=/path/to/ca.crt",
    "postgres://imsg:hush-hush@[fd00::1]:5432/imsg?sslmode=require",
    "postgres://%2Fvar%2Frun%2Fpostgresql/imsg",
    "postgres://db/imsg?application_name=a%40b"
  ])("is taken: %s", (url) => {
    expect(said(url)).toEqual([])
  })

  it.each([
    [
      "postgres://imsg:hush-hush@db:5432/imsg?sslmode=noverify",
      "sslmode is none that there is; expected one of: disable, no-verify"
    ],
    ["postgres://imsg:hush-hush@db:5432/", "names no database"],
    ["postgres://imsg:hush-hush@db:5432", "names no database"],
    ["postgres://imsg:hush-hush@one:5432,two:5432/imsg", "names several hosts; name one"],
    ["postgres://imsg:hush-hush@one,two/imsg", "names several hosts; name one"],
    ["postgres:///imsg?host=one,two", "names several hosts; name one"],
    ["postgres://imsg:hush#hush-hush@db:5432/imsg", "percent-encoded: @ as %40, # as %23"],
    ["postgres://imsg:hush@hush-hush#@db:5432/imsg", "percent-encoded: @ as %40, # as %23"],
    ["postgres://imsg:12/hush-hush@db:5432/imsg", "percent-encoded"],
    ["postgres://imsg:12?hush-hush@db:5432/imsg", "percent-encoded"],
    ["postgres://imsg:hush-hush %@db:5432/imsg", "percent-encoded"],
    ["postgres://imsg:hush-hush%ff@db:5432/imsg", "percent-encoded"]
  ])("is refused, and it is said why: %s", (url, why) => {
    expect(said(url)).toEqual([expect.stringContaining(why)])
    expect(said(url)).toEqual([expect.stringMatching(/^cluster\.postgres\.url: /u)])
    expect(said(url).join()).not.toContain("hush")
  })
})

describe("a secret in the wrong place", () => {
  const URL_OF_IT = "postgres://imsg:hush-hush@db.local:5432/imsg"

  it.each([
    { cluster: "hush-hush" },
    { cluster: cluster({ postgres: URL_OF_IT }) },
    { cluster: cluster({ postgres: "hush-hush" }) },
    { cluster: cluster({ name: "hush-hush hush-hush" }) },
    { cluster: cluster({ address: URL_OF_IT }) },
    { cluster: cluster({ listen: "hush-hush" }) },
    { cluster: cluster({ secret: URL_OF_IT.replace("postgres", "mysql") }), shutdownMs: URL_OF_IT },
    { shutdownMs: `see ${URL_OF_IT}` },
    { shutdownMs: "http://hush-hush@db.local" },
    { shutdownMs: "http://user:hush-hush/hush@db.local" }
  ])("is not shown: %j", (content) => {
    const said = problems(text({ imessage: OVER_SSH, ...content }))
    expect(said).not.toEqual([])
    expect(JSON.stringify(said)).not.toContain("hush-hush")
  })
})

describe("the address of a host", () => {
  const warnings = (address: string) =>
    config(text({ cluster: cluster({ address }), imessage: OVER_SSH })).warnings.filter((line) =>
      line.includes("cluster.address")
    )

  it.each(["localhost:7300", "127.0.0.1:7300", "127.0.1.1:7300", "[::1]:7300"])(
    "is warned of where only its own machine reaches it: %s",
    (address) => {
      expect(warnings(address)).toEqual([
        expect.stringContaining("only hosts on this machine reach this one")
      ])
    }
  )

  it.each(["studio.local:7300", "10.0.0.1:7300", "[fd00::1]:7300", "[::ffff:10.0.0.1]:7300"])(
    "is taken as it is where others can reach it: %s",
    (address) => {
      expect(warnings(address)).toEqual([])
    }
  )
})

describe("runsOn", () => {
  it("is refused without a cluster, once for each place", () => {
    const said = text({
      imessage: {
        runsOn: ["a"],
        accounts: { one: {}, two: { cliPath: "imsg2", runsOn: ["b"] }, three: { cliPath: "imsg3" } }
      },
      agents: { list: [{ id: "main", runsOn: ["a"] }], entries: { other: { runsOn: ["b"] } } }
    })
    expect(problems(said)).toEqual(
      [
        "imessage.runsOn",
        "imessage.accounts.two.runsOn",
        "agents.list[0].runsOn",
        "agents.entries.other.runsOn"
      ].map(
        (path) =>
          `${path}: names hosts, but without \`cluster\` this host is the only one; leave it out, or add \`cluster\``
      )
    )
  })

  it.each([
    [{ cliPath: "imsg" }, "imessage.runsOn"],
    [{ accounts: { one: { cliPath: "/opt/wrapper" } } }, "imessage.accounts.one.runsOn"]
  ])("is asked for where an account is not reached over SSH: %j", (imessage, path) => {
    expect(problems(accountsOf(imessage))).toEqual([
      expect.stringMatching(
        new RegExp(`^${path.replaceAll(".", "\\.")}: is missing: account .* is not reached over SSH`)
      )
    ])
  })

  it.each([
    { ...OVER_SSH },
    { cliPath: "/usr/bin/ssh mac imsg" },
    { cliPath: "/opt/wrapper", remoteHost: "mac" },
    { enabled: false },
    { runsOn: ["studio"] },
    { runsOn: ["studio"], accounts: { one: {}, two: { cliPath: "ssh mac imsg" } } }
  ])("is enough, or not needed: %j", (imessage) => {
    expect(problems(accountsOf(imessage))).toEqual([])
  })

  it("of an account wins over that of imessage, and of agents is kept", () => {
    const { accounts, agents } = config(
      text({
        cluster: cluster(),
        imessage: { runsOn: ["a"], accounts: { one: {}, two: { cliPath: "imsg2", runsOn: ["b", "a"] } } },
        agents: { list: [{ id: "main", runsOn: ["c"] }, { id: "other" }] }
      })
    )
    expect(accounts.map(({ runsOn }) => runsOn)).toEqual([["a"], ["b", "a"]])
    expect(agents.list.map((agent) => ("runsOn" in agent ? agent.runsOn : "any"))).toEqual([["c"], "any"])
  })

  it.each([[[]], [["a", "a"]], [["a b"]], ["a"]])("refuses %j", (runsOn) => {
    expect(problems(accountsOf({ ...OVER_SSH, runsOn }))).toEqual([
      expect.stringMatching(/^imessage\.runsOn(\[0\])?: expected/u)
    ])
  })

  it("warns of several Macs for an account that is not reached over SSH", () => {
    expect(config(accountsOf({ runsOn: ["a", "b"] })).warnings).toContainEqual(
      expect.stringContaining("account default runs on a, then b, and its imsg is not reached over SSH")
    )
    expect(
      config(accountsOf({ ...OVER_SSH, runsOn: ["a", "b"] })).warnings.filter((line) =>
        line.includes("then b")
      )
    ).toEqual([])
  })
})
