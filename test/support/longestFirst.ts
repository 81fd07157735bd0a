/** Begins with the file that takes longest, so that the others fill the time beside it. */
import { BaseSequencer, type TestSpecification } from "vitest/node"

const LONGEST = "test/faults/faults.test.ts"

export class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort(files)
    return sorted.toSorted(
      (one, other) => Number(other.moduleId.endsWith(LONGEST)) - Number(one.moduleId.endsWith(LONGEST))
    )
  }
}
