/** Begins with the files that take longest, so that the others fill the time beside them. */
import { BaseSequencer, type TestSpecification } from "vitest/node"

const LONGEST = ["test/faults/faults.test.ts", "test/e2e/delivery.test.ts", "test/e2e/doctor.test.ts"]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONGEST.findIndex((file) => moduleId.endsWith(file))
  return rank === -1 ? LONGEST.length : rank
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
