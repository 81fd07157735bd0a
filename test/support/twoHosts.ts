/** Two hosts of a cluster, of which each runs the account that is called after it. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import * as AcrossHosts from "../../src/layers/cluster/AcrossHosts.ts"
import * as ChildrenLive from "../../src/layers/imsg/ChildrenLive.ts"
import * as InboundFilesLive from "../../src/layers/media/InboundFilesLive.ts"
import * as PresenceLive from "../../src/layers/presence/PresenceLive.ts"
import * as accountActor from "../../src/programs/account/accountActor.ts"
import { AccountHosts } from "../../src/services/AccountHosts.ts"
import { Accounts } from "../../src/services/Accounts.ts"
import { Children } from "../../src/services/Children.ts"
import { Pictures } from "../../src/services/Pictures.ts"
import { Presence } from "../../src/services/Presence.ts"
import { RemoteFiles } from "../../src/services/RemoteFiles.ts"
import { accountsOf } from "./accounts.ts"
import { configLayer } from "./configs.ts"
import { type ChildOptions, makeChild } from "./fakeImsg.ts"
import { actors, makeRunner, sharedLocks } from "./runners.ts"

const HOSTS = ["studio", "server"]

/** A cluster of both hosts; `folder` is where the files of the studio's messages are. */
export const makeCluster = (folder = "/nowhere") =>
  Effect.gen(function* () {
    const locks = yield* Layer.build(sharedLocks)
    const config = {
      imessage: {
        accounts: Object.fromEntries(
          HOSTS.map((name) => [
            name,
            { dbPath: `/${name}/chat.db`, attachmentRoots: [folder], mediaMaxMb: 1 }
          ])
        )
      }
    }
    const here = Layer.mergeAll(
      ChildrenLive.layer,
      PresenceLive.layer,
      accountsOf(config),
      InboundFilesLive.layer.pipe(
        Layer.provide(Layer.merge(Layer.mock(RemoteFiles, {}), Layer.mock(Pictures, {})))
      )
    ).pipe(Layer.provideMerge(Layer.mergeAll(configLayer(config), NodeContext.layer, actors)))
    const start = (name: string) =>
      Effect.gen(function* () {
        const { layer, way } = yield* makeRunner(name, HOSTS)
        const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
        const context = yield* Layer.merge(AcrossHosts.layer, accountActor.layer).pipe(
          Layer.provideMerge(layer),
          Layer.provideMerge(here),
          Layer.provide(Layer.succeedContext(locks)),
          Layer.buildWithScope(scope)
        )
        // Whoever still waits for what is on the way would hold up the end.
        yield* Effect.addFinalizer(() => way.end)
        const children = Context.get(context, Children)
        return {
          children,
          presence: Context.get(context, Presence),
          accounts: Context.get(context, Accounts),
          hosts: Context.get(context, AccountHosts),
          /** Its account has this child from now on. */
          connect: (options: ChildOptions) =>
            Effect.gen(function* () {
              const child = yield* makeChild(options)
              yield* Scope.extend(children.connected(name, child.session), scope)
              return child
            }),
          end: Scope.close(scope, Exit.void),
          /** Nothing gets to it any more, and nobody is told. */
          cut: way.cut
        }
      })
    const [studio, server] = yield* Effect.all([start("studio"), start("server")], { concurrency: 2 })
    return { studio, server }
  })
