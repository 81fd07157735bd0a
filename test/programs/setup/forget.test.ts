/** What `setup` forgets of a step that is left, or tried again: the step asks its question anew. */
import { describe, expect, it } from "@effect/vitest"
import { STEPS } from "../../../src/programs/commands/setup/decisions.ts"
import { forget } from "../../../src/programs/commands/setup/forget.ts"
import type { Known } from "../../../src/programs/commands/setup/Known.ts"
import { asked, blank, offers, wishes } from "../../support/setupKnown.ts"

describe("a step that is left, or tried again", () => {
  it.each([
    ["imsg", { wishes: { ...wishes, imsg: "/nowhere/imsg" } }, "Ask"],
    ["imsg", { found: "/opt/imsg" }, "Ask"],
    ["agent", { wishes: { ...wishes, agent: "claude" } }, "Choose"],
    ["agent", { offer: offers[0] }, "Choose"],
    ["owner", { imsg: "imsg", wishes: { ...wishes, owner: "42" } }, "Ask"],
    ["owner", { imsg: "imsg", wishes: { ...wishes, owner: asked.handle }, owner: asked }, "Ask"]
  ] satisfies ReadonlyArray<readonly [string, Partial<Known>, string]>)(
    "%s asks its question anew, as where nothing was said",
    (id, known, tag) => {
      const step = STEPS.find((one) => one.id === id)
      if (step === undefined) throw new Error(`there is no step ${id}`)
      const { checks, imsg } = { ...blank, ...known }
      const anew = step.decide(forget(step.id, { ...blank, ...known }))
      expect(anew).toEqual(step.decide({ ...blank, checks, imsg }))
      expect(anew._tag).toBe(tag)
    }
  )

  it("keeps who has proved who they are", () => {
    const owner = { _tag: "Proved", handle: asked.handle } as const
    expect(forget("owner", { ...blank, owner })).toEqual({ ...blank, owner })
  })
})
