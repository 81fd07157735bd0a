/**
 * The schema of the store, step by step. A step that has been released is never changed; the number of steps that a
 * file has taken is its `user_version`.
 */
import { backlog } from "./steps/backlog.ts"
import { base } from "./steps/base.ts"
import { echoes } from "./steps/echoes.ts"
import { landmarks } from "./steps/landmarks.ts"
import { lanes } from "./steps/lanes.ts"
import { pairing } from "./steps/pairing.ts"
import { pausedChats } from "./steps/pausedChats.ts"
import { retention } from "./steps/retention.ts"
import { sessionLanes } from "./steps/sessionLanes.ts"

export const MIGRATIONS: ReadonlyArray<string> = [
  base,
  pairing,
  echoes,
  retention,
  backlog,
  lanes,
  sessionLanes,
  landmarks,
  pausedChats
]
