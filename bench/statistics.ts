/** Figures of several tries. */

/** The value below which a share (0 to 1) of the values lies, by nearest rank; NaN of none. */
export const percentile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const median = (values: ReadonlyArray<number>): number => percentile(values, 0.5)

export const sum = (values: ReadonlyArray<number>): number =>
  values.reduce((total, value) => total + value, 0)
