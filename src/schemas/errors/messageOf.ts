/** What something that was thrown says of itself: anything can be thrown, and few things have a message. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
