/** An imsg on another Mac: the real gateway and the real ssh, against a real sshd. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { answering } from "../support/agents.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { freeze } from "../support/processes.ts"
import { eventually, isAlive, makeSimulator, signal } from "../support/simulator.ts"
import { type Sshd, startSshd, wrapper } from "../support/sshd.ts"

/** A Mac with Messages on it and an sshd before it, and somebody who writes to it. */
const makeMac = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  const mac = yield* startSshd({ path: [imsg.dir] })
  const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
  const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
  /** A gateway that reaches it by a `cliPath`. */
  const reachedBy = (cliPath: string, account: object = {}) =>
    Effect.gen(function* () {
      const home = yield* makeHome({ imessage: { ...openAccount(imsg), cliPath, ...account } })
      return { home, gateway: yield* startGateway(home) }
    })
  const shortest = wrapper(mac.at("wrapper"), `exec ssh -F ${mac.config} -T mac-mini imsg "$@"`)
  return { imsg, mac, chat, say, reachedBy, shortest }
})

const texts = (sent: ReadonlyArray<{ readonly text: string }>) => sent.map(({ text }) => text)

const guidesWrapper = ({ at, options, user }: Sshd, imsg: string) =>
  wrapper(
    at("guide's wrapper"),
    "set -euo pipefail",
    "",
    "# Run an interactive SSH once first to accept host keys:",
    `# ssh ${user}@localhost true`,
    `exec /usr/bin/ssh -o BatchMode=yes -o ConnectTimeout=5 ${options} -T ${user}@127.0.0.1 \\`,
    `"${imsg}" "$@"`
  )

describe("a message is answered", () => {
  it.scopedLive("over the guide's wrapper, also at a path with a space", () =>
    Effect.gen(function* () {
      const { imsg, mac, reachedBy, say } = yield* makeMac
      const { gateway } = yield* reachedBy(yield* guidesWrapper(mac, imsg.cliPath))
      yield* gateway.awaitRunning()
      yield* say("hello")
      expect(texts(yield* imsg.awaitSent(1, "30 seconds"))).toEqual(["echo: hello"])
    })
  )

  it.scopedLive("over a cliPath with arguments", () =>
    Effect.gen(function* () {
      const { imsg, mac, reachedBy, say } = yield* makeMac
      const { gateway } = yield* reachedBy(`ssh -F '${mac.config}' -T mac-mini imsg`)
      yield* gateway.awaitRunning()
      yield* say("hello")
      expect(texts(yield* imsg.awaitSent(1, "30 seconds"))).toEqual(["echo: hello"])
    })
  )

  it.scopedLive("over a wrapper in the home folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { imsg, mac, say } = yield* makeMac
      const home = yield* makeHome({ imessage: { ...openAccount(imsg), cliPath: "~/bin/imsg-mini" } })
      yield* fs.makeDirectory(`${home.dir}/bin`)
      yield* wrapper(`${home.dir}/bin/imsg-mini`, `exec ssh -F ${mac.config} -T mac-mini imsg "$@"`)
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("hello")
      expect(texts(yield* imsg.awaitSent(1, "30 seconds"))).toEqual(["echo: hello"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("nothing is lost and nothing is said twice", () => {
  it.scopedLive("when the connection is killed", () =>
    Effect.gen(function* () {
      const { imsg, mac, reachedBy, say, shortest } = yield* makeMac
      const { gateway } = yield* reachedBy(yield* shortest)
      yield* gateway.awaitRunning()
      yield* say("one")
      yield* imsg.awaitSent(1, "30 seconds")
      yield* mac.endSessions
      yield* say("two")
      yield* gateway.awaitRunning("default", 2)
      yield* say("three")
      expect(texts(yield* imsg.awaitSent(3, "30 seconds"))).toEqual(["echo: one", "echo: two", "echo: three"])
      const [gone] = yield* gateway.awaitLog(
        "the end",
        ({ annotations }) => annotations.code === "ssh_failed"
      )
      expect(gone?.message).toContain("ssh to mac-mini: the connection was lost")
    })
  )

  it.scopedLive("when the connection freezes: the heartbeat notices, and the ssh of before is ended", () =>
    Effect.gen(function* () {
      const { imsg, mac, reachedBy, say, shortest } = yield* makeMac
      const { gateway } = yield* reachedBy(yield* shortest)
      const [first] = yield* gateway.awaitRunning()
      yield* say("one")
      yield* imsg.awaitSent(1, "30 seconds")
      for (const pid of yield* mac.sessions) yield* freeze(pid)
      yield* say("two")
      const [stuck] = yield* gateway.awaitLog(
        "the heartbeat",
        ({ annotations }) => annotations.code === "child_stuck"
      )
      expect(stuck?.message).toContain("heartbeat")
      yield* gateway.awaitRunning("default", 2)
      yield* say("three")
      expect(texts(yield* imsg.awaitSent(3, "30 seconds"))).toEqual(["echo: one", "echo: two", "echo: three"])
      expect(isAlive(Number(first?.annotations.pid))).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("when sshd is gone for a while", () =>
    Effect.gen(function* () {
      const { imsg, mac, reachedBy, say, shortest } = yield* makeMac
      const { gateway } = yield* reachedBy(yield* shortest)
      yield* gateway.awaitRunning()
      yield* signal(mac.pid, "SIGSTOP")
      yield* mac.endSessions
      yield* say("one")
      yield* gateway.awaitLog("the end", ({ annotations }) => annotations.code === "ssh_failed")
      yield* signal(mac.pid, "SIGCONT")
      expect(texts(yield* imsg.awaitSent(1, "30 seconds"))).toEqual(["echo: one"])
    })
  )
})

describe("what stands in the way is named", () => {
  /** The first error of an account that is reached with a config of ssh. */
  const firstError = (line: (mac: Sshd) => Effect.Effect<string, unknown>) =>
    Effect.gen(function* () {
      const { mac, reachedBy } = yield* makeMac
      const script = yield* wrapper(mac.at("wrapper"), yield* line(mac))
      const { gateway } = yield* reachedBy(script)
      const [error] = yield* gateway.awaitLog("an error", ({ annotations }) => annotations.code !== undefined)
      return { level: error?.logLevel, message: String(error?.message), ...error?.annotations }
    })

  const through = (config: string) => `exec ssh -o BatchMode=yes -F ${config} -T mac-mini imsg "$@"`

  it.scopedLive("a key that the Mac does not accept", () =>
    Effect.gen(function* () {
      const error = yield* firstError((mac) =>
        Effect.map(mac.clientConfig("other", "known_hosts", "other_key"), through)
      )
      expect(error).toMatchObject({
        level: "ERROR",
        code: "ssh_failed",
        message: expect.stringMatching(
          /^ssh to mac-mini: it does not accept the key: \S+@127\.0\.0\.1: Permission denied \(publickey\)\.$/u
        ),
        hint: expect.stringContaining("authorized_keys")
      })
    })
  )

  it.scopedLive("a host key that nobody has accepted", () =>
    Effect.gen(function* () {
      const error = yield* firstError((mac) => Effect.map(mac.clientConfig("other", "no_hosts"), through))
      expect(error).toMatchObject({
        level: "ERROR",
        message: "ssh to mac-mini: its host key cannot be verified: Host key verification failed.",
        hint: expect.stringContaining("`ssh mac-mini true` once")
      })
    })
  )

  it.scopedLive("a host that does not listen", () =>
    Effect.gen(function* () {
      const error = yield* firstError(() => Effect.succeed('exec ssh -p 1 127.0.0.1 imsg "$@"'))
      expect(error).toMatchObject({
        level: "WARN",
        message: expect.stringContaining("ssh to 127.0.0.1: it cannot be reached"),
        hint: expect.stringContaining("Remote Login is on")
      })
    })
  )

  it.scopedLive("a Mac without imsg", () =>
    Effect.gen(function* () {
      const error = yield* firstError((mac) =>
        Effect.succeed(`exec ssh -F ${mac.config} -T mac-mini /opt/nowhere/imsg "$@"`)
      )
      expect(error).toMatchObject({
        level: "ERROR",
        code: "imsg_not_found",
        message: expect.stringMatching(/: on mac-mini: .*\/opt\/nowhere\/imsg/u),
        hint: expect.stringContaining("/opt/homebrew/bin/imsg")
      })
    })
  )
})

const attachment = (filename: string, totalBytes: number) => ({
  filename,
  transferName: filename.slice(filename.lastIndexOf("/") + 1),
  uti: "public.data",
  mimeType: "image/png",
  totalBytes,
  isSticker: false
})

describe("files", () => {
  it.scopedLive(
    "that people send are fetched from allowed folders of the Mac, and withheld from others",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path
        const { chat, imsg, mac, shortest } = yield* makeMac
        const folder = join(mac.home, "Library/Messages/Attachments")
        yield* fs.makeDirectory(folder, { recursive: true })
        const hostile = join(folder, "it's $(touch pwned) `x`; \"q\" \\'.png")
        yield* fs.writeFileString(hostile, "photo")
        const big = join(folder, "big.png")
        yield* fs.writeFile(big, new Uint8Array(20_000))
        const secret = join(mac.home, "secret.png")
        yield* fs.writeFileString(secret, "secret")
        const home = yield* makeHome({
          imessage: {
            ...openAccount(imsg),
            cliPath: yield* shortest,
            includeAttachments: true,
            mediaMaxMb: 0.01
          },
          agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* imsg.chats.receive({
          chatId: chat.id,
          sender: PERSON,
          text: "look",
          attachments: [
            attachment(hostile, 5),
            attachment(big, 20_000),
            attachment(secret, 6),
            attachment(join(folder, "gone.png"), 1)
          ]
        })
        const [reply] = yield* imsg.awaitSent(1, "30 seconds")
        const lines = reply?.text.split("\n") ?? []
        expect(lines.slice(2)).toEqual([
          "[attachment withheld: image, too large]",
          "[attachment withheld: image, outside the allowed folders]",
          "[attachment withheld: image, missing]"
        ])
        const copy = /^\[attachment: image\/png (.*)\]$/u.exec(lines[1] ?? "")?.[1] ?? ""
        expect(copy).toContain(`${home.stateDir}/remote-files/`)
        expect(yield* fs.readFileString(copy)).toBe("photo")
        expect((yield* fs.stat(copy)).mode & 0o777).toBe(0o600)
        expect((yield* fs.stat(`${home.stateDir}/remote-files`)).mode & 0o777).toBe(0o700)
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("of replies wait where the Mac cannot take them, and are sent once it can", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { chat, imsg, mac, shortest } = yield* makeMac
      const file = mac.at("ours.txt")
      yield* fs.writeFileString(file, "from here")
      const blocked = `${mac.home}/.imsg-gateway-outgoing`
      yield* fs.writeFileString(blocked, "")
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), cliPath: yield* shortest },
        agents: {
          list: [{ id: "main", mediaRoots: [mac.dir], runtime: answering({ replies: [{ media: [file] }] }) }]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "show me" })
      // More often than a send whose end is not known would be tried.
      const [refused] = yield* gateway.awaitLog(
        "refusals",
        ({ message }) => String(message).includes("could not be copied to the Mac"),
        { count: 3, deadline: "30 seconds" }
      )
      expect(refused?.message).toContain("ssh to mac-mini: a file could not be put there")
      expect(yield* imsg.chats.sent()).toEqual([])
      yield* fs.remove(blocked)
      yield* imsg.awaitSent(1, "30 seconds")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("of replies are copied to the Mac before they are sent, and taken away again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { chat, imsg, mac, shortest } = yield* makeMac
      const folder = mac.at("of the agent")
      yield* fs.makeDirectory(folder)
      const file = `${folder}/it's $HOME.txt`
      yield* fs.writeFileString(file, "from here")
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), cliPath: yield* shortest },
        agents: {
          list: [
            {
              id: "main",
              mediaRoots: [folder],
              runtime: answering({ replies: [{ text: "look", media: [file] }] })
            }
          ]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "show me" })
      yield* imsg.awaitSent(2, "30 seconds")
      const [row] = yield* imsg.chats.history({
        chatId: chat.id,
        limit: 1,
        attachments: true,
        participants: []
      })
      const [sent] = row?.attachments ?? []
      expect(sent?.transferName).toBe("it's $HOME.txt")
      expect(yield* fs.readFileString(sent?.filename ?? "")).toBe("from here")
      // What imsg was told is a file of the Mac, where nothing of the gateway's own folder is known.
      const requests = (yield* imsg.chats.recorded()).flatMap(({ event }) =>
        event._tag === "request" && event.method === "send" ? [JSON.stringify(event.params)] : []
      )
      expect(requests.at(-1)).toContain(`${mac.home}/.imsg-gateway-outgoing/`)
      yield* eventually(
        "the copy is gone",
        fs.readDirectory(`${mac.home}/.imsg-gateway-outgoing`),
        (left) => left.length === 0
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
