/**
 * Begins with the files that take longest, and of the others with those that start gateways: they wait more than they
 * compute, and what computes fills the time beside them.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node"

const FIRST = [
  "test/faults/faults.test.ts",
  "test/e2e/delivery.test.ts",
  "test/e2e/storeTrouble.test.ts",
  "test/e2e/control.test.ts",
  "test/e2e/webBrowser.test.ts",
  "test/e2e/laws.test.ts",
  "test/e2e/doctor.test.ts",
  "test/e2e/ssh.test.ts",
  "test/e2e/"
]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = FIRST.findIndex((path) => moduleId.includes(path))
  return rank === -1 ? FIRST.length : rank
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
