/** `pairing list` and `pairing approve`: on the store, whether the gateway runs or not. */
import { Args, Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { Clock, Console, Duration, Effect, Layer } from "effect"
import * as ConfigFile from "../../layers/ConfigFile.ts"
import * as PairingStoreSqlite from "../../layers/PairingStoreSqlite.ts"
import * as Database from "../../layers/sqlite/Database.ts"
import { type PairingRequest, PairingStore } from "../../services/PairingStore.ts"
import { STORE_FILE } from "../gateway.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const channel = Args.choice([["imessage", "imessage"] as const], { name: "channel" })

/** The pairing store of the config's state folder. */
const store = (config: Parameters<typeof configFile>[0]) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { stateDir } = yield* ConfigFile.load(yield* configFile(config))
      const path = yield* Path.Path
      const file = path.join(stateDir, STORE_FILE)
      const fs = yield* FileSystem.FileSystem
      // Where no gateway has run yet nobody waits, and a look must not create anything.
      const hasRun = yield* Effect.orElseSucceed(fs.exists(file), () => true)
      return PairingStoreSqlite.layer.pipe(Layer.provide(hasRun ? Database.layer(file) : Database.memory))
    })
  )

const inWords = (millis: number): string => Duration.format(Duration.seconds(Math.round(millis / 1000)))

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

const show = (requests: ReadonlyArray<PairingRequest>, now: number): string =>
  requests.length === 0
    ? "Nobody waits for approval."
    : table([
        ["CODE", "SENDER", "ACCOUNT", "AGE", "EXPIRES IN"],
        ...requests.map(({ accountId, code, createdAt, expiresAt, sender }) => [
          code,
          sender,
          accountId,
          inWords(now - createdAt),
          inWords(expiresAt - now)
        ])
      ])

const list = Command.make(
  "list",
  {
    channel,
    config: options.config,
    json: Options.boolean("json").pipe(Options.withDescription("Print an array of objects."))
  },
  ({ config, json }) =>
    Effect.gen(function* () {
      const pairing = yield* PairingStore
      const pending = yield* pairing.pending
      const now = yield* Clock.currentTimeMillis
      yield* Console.log(json ? JSON.stringify(pending, undefined, 2) : show(pending, now))
    }).pipe(Effect.provide(store(config)))
).pipe(Command.withDescription("Shows who waits for approval: code, sender, account, age and expiry."))

const approve = Command.make(
  "approve",
  {
    channel,
    code: Args.text({ name: "code" }).pipe(Args.withDescription("The code, in upper or lower case.")),
    config: options.config
  },
  ({ code, config }) =>
    Effect.gen(function* () {
      const pairing = yield* PairingStore
      const { accountId, sender } = yield* pairing.approve(code)
      yield* Console.log(`${sender} may now write to the account ${accountId}.`)
    }).pipe(Effect.provide(store(config)))
).pipe(Command.withDescription("Admits the sender of a pairing request."))

export const pairingCommand = Command.make("pairing").pipe(
  Command.withDescription("Who waits to be admitted to direct messages."),
  Command.withSubcommands([list, approve])
)
