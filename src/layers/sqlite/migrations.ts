/**
 * The schema of the store, step by step. A step that has been released is never changed; the number of steps that a
 * file has taken is its `user_version`.
 */
import { audit } from "./steps/audit.ts"
import { backlog } from "./steps/backlog.ts"
import { base } from "./steps/base.ts"
import { begunMessages } from "./steps/begunMessages.ts"
import { budget } from "./steps/budget.ts"
import { clocks } from "./steps/clocks.ts"
import { conversations } from "./steps/conversations.ts"
import { decisions } from "./steps/decisions.ts"
import { echoes } from "./steps/echoes.ts"
import { groupChats } from "./steps/groupChats.ts"
import { historyReactions } from "./steps/historyReactions.ts"
import { identities } from "./steps/identities.ts"
import { landmarks } from "./steps/landmarks.ts"
import { lanes } from "./steps/lanes.ts"
import { leftOut } from "./steps/leftOut.ts"
import { letterReports } from "./steps/letterReports.ts"
import { outbox } from "./steps/outbox.ts"
import { pairing } from "./steps/pairing.ts"
import { pausedChats } from "./steps/pausedChats.ts"
import { permissions } from "./steps/permissions.ts"
import { retention } from "./steps/retention.ts"
import { sessionLanes } from "./steps/sessionLanes.ts"
import { stops } from "./steps/stops.ts"
import { unripe } from "./steps/unripe.ts"
import { webAccess } from "./steps/webAccess.ts"
import { withdrawals } from "./steps/withdrawals.ts"
import { words } from "./steps/words.ts"

export const MIGRATIONS: ReadonlyArray<string> = [
  base,
  pairing,
  echoes,
  retention,
  backlog,
  lanes,
  sessionLanes,
  landmarks,
  audit,
  identities,
  words,
  groupChats,
  clocks,
  budget,
  pausedChats,
  outbox,
  unripe,
  conversations,
  stops,
  decisions,
  webAccess,
  letterReports,
  permissions,
  withdrawals,
  begunMessages,
  leftOut,
  historyReactions
]
