/** Hosts of one cluster within one process, which talk over HTTP as hosts do; their locks lie in memory. */
import { createServer } from "node:http"
import { connect, createServer as createTcpServer, type Socket } from "node:net"
import {
  HttpRunner,
  MachineId,
  MessageStorage,
  type Runner,
  RunnerAddress,
  RunnerHealth,
  RunnerStorage,
  type ShardId,
  type Sharding,
  ShardingConfig
} from "@effect/cluster"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { RpcSerialization } from "@effect/rpc"
import { Effect, Layer, Logger, LogLevel, Option } from "effect"
import { Actors, actorsIn, type ShardGroups } from "../../src/services/Actors.ts"
import { freePort } from "./freePort.ts"

/** Where the hosts of a cluster say that they are there, and hold the locks of their shards. */
export const sharedLocks: Layer.Layer<RunnerStorage.RunnerStorage> = Layer.sync(
  RunnerStorage.RunnerStorage,
  () => {
    const runners = new Map<string, Runner.Runner>()
    const holders = new Map<string, string>()
    const nameOf = ({ host, port }: RunnerAddress.RunnerAddress) => `${host}:${port}`
    const held = (name: string, shards: Iterable<ShardId.ShardId>) =>
      [...shards].filter((shard) => holders.get(shard.toString()) === name)
    return RunnerStorage.RunnerStorage.of({
      getRunners: Effect.sync(() => [...runners.values()].map((runner) => [runner, true])),
      register: (runner) =>
        Effect.sync(() => {
          runners.set(nameOf(runner.address), runner)
          return MachineId.make(runners.size)
        }),
      unregister: (address) => Effect.sync(() => void runners.delete(nameOf(address))),
      setRunnerHealth: () => Effect.void,
      acquire: (address, shards) =>
        Effect.sync(() => {
          for (const shard of shards) {
            if (!holders.has(shard.toString())) holders.set(shard.toString(), nameOf(address))
          }
          return held(nameOf(address), shards)
        }),
      refresh: (address, shards) => Effect.sync(() => held(nameOf(address), shards)),
      release: (_, shard) => Effect.sync(() => void holders.delete(shard.toString())),
      releaseAll: (address) =>
        Effect.sync(() => {
          for (const [shard, holder] of holders) {
            if (holder === nameOf(address)) holders.delete(shard)
          }
        })
    })
  }
)

/** The groups of a cluster whose accounts are called after the hosts that run them. */
const groupOf = (host: string) => `runs:${host}`
const groups: ShardGroups = {
  ofAccount: groupOf,
  ofSession: () => "default",
  ofKnownSession: () => "default"
}

/** The way to a host: what comes by it gets there, until it is cut: then nothing does, and nobody is told. */
const makeWay = (to: number) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    let isCut = false
    const carry = (one: Socket, other: Socket) => {
      sockets.add(one)
      one.on("data", (bytes) => isCut || other.write(bytes))
      one.on("close", () => isCut || other.destroy())
      one.on("error", () => one.destroy())
    }
    const server = createTcpServer((socket) => {
      const there = connect(to, "127.0.0.1")
      carry(socket, there)
      carry(there, socket)
    })
    const port = yield* freePort
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => {
        server.listen(port, "127.0.0.1", () => resume(Effect.void))
      }),
      () => Effect.sync(() => void server.close())
    )
    return {
      port,
      cut: Effect.sync(() => {
        isCut = true
      }),
      end: Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
      })
    }
  })

/** The runner of a host that runs its own account, by the locks that the hosts share; and the way to it. */
export const makeRunner = (name: string, hosts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const listen = yield* freePort
    const way = yield* makeWay(listen)
    const layer: Layer.Layer<Sharding.Sharding, never, RunnerStorage.RunnerStorage> =
      HttpRunner.layerHttp.pipe(
        Layer.provide(
          Layer.mergeAll(
            NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: listen }).pipe(Layer.orDie),
            NodeHttpClient.layer,
            RpcSerialization.layerNdjson,
            MessageStorage.layerNoop,
            RunnerHealth.layerNoop,
            ShardingConfig.layer({
              runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", way.port)),
              shardsPerGroup: 4,
              availableShardGroups: ["default", ...hosts.map(groupOf)],
              assignedShardGroups: ["default", groupOf(name)],
              refreshAssignmentsInterval: "50 millis",
              entityMessagePollInterval: "50 millis",
              entityTerminationTimeout: "100 millis"
            })
          )
        ),
        Layer.provide(Logger.minimumLogLevel(LogLevel.Warning))
      )
    return { layer, way }
  })

/** The actors of such a cluster. */
export const actors: Layer.Layer<Actors> = Layer.succeed(Actors, actorsIn(groups))
