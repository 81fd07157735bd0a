/** `npm run bench`: all measurements, a table, and a file in `bench/results`. */
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { suite } from "./suite.ts"

NodeRuntime.runMain(Effect.provide(suite, NodeContext.layer))
