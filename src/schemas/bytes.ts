/** The unit of `mediaMaxMb`. */
const BYTES_PER_MB = 1024 * 1024

/** Whole bytes of a size in MB. */
export const bytesOfMb = (mb: number): number => Math.floor(mb * BYTES_PER_MB)
