/** From what an agent asks to be done to its group to what is done: the icon is copied, as every file that is sent. */
import { Effect, Option } from "effect"
import type { GroupAct } from "../../schemas/Act.ts"
import type { AskedGroup } from "../../schemas/AgentOutput.ts"
import { actInWords } from "../../schemas/actInWords.ts"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { stored } from "../effects/stored.ts"
import { groupActsOf } from "./groupActs.ts"
import { MAX_FILES } from "./staging.ts"

/** An agent's place is held meanwhile. */
const WITHIN = "1 minute"

interface Of {
  /** Its id is that of the delivery. */
  readonly turn: Turn
  readonly agent: AgentConfig
  readonly account: AccountConfig
}

/** The function that prepares what is done to a group: at most so many acts. What is left out is a warning. */
export const makePrepareGroupActs = Effect.map(
  OutboundFiles,
  (files) =>
    (
      { account, agent, turn }: Of,
      asked: AskedGroup,
      most: number
    ): Effect.Effect<ReadonlyArray<GroupAct>> => {
      const leaveOut = (what: string) =>
        Effect.as(Effect.logWarning(`left out of the answer: ${what}`), Option.none<GroupAct>())

      const staged = (act: GroupAct) => {
        if (act._tag !== "SetIcon" || act.path === undefined) return Effect.succeedSome(act)
        const request = {
          deliveryId: turn.id,
          // Behind those of the replies.
          index: MAX_FILES,
          source: act.path,
          agent,
          maxBytes: bytesOfMb(account.mediaMaxMb)
        }
        return files.stage(request).pipe(
          Effect.map((path) => Option.some<GroupAct>({ ...act, path })),
          Effect.catchTag("MediaRejected", ({ message }) => leaveOut(`the icon of the group: ${message}`)),
          stored,
          Effect.timeoutOption(WITHIN),
          Effect.flatMap(
            Option.match({
              onNone: () => leaveOut("the icon of the group: it took too long"),
              onSome: Effect.succeed
            })
          )
        )
      }

      return Effect.gen(function* () {
        const { acts, leftOut } = groupActsOf(asked, {
          isGroup: turn.isGroup,
          groupActions: agent.groupActions,
          region: account.region,
          most
        })
        yield* Effect.forEach(leftOut, leaveOut, { discard: true })
        const done = (yield* Effect.forEach(acts, staged)).flatMap(Option.toArray)
        if (done.length > 0) {
          yield* Effect.logInfo(
            `the agent changes its group: ${done.map(({ _tag }) => actInWords[_tag]).join(", ")}`
          )
        }
        return done
      })
    }
)
