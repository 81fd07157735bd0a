/** Texts of others on a terminal. */

/** Replaces control characters, line ends aside: texts of others must not steer the terminal. */
export const harmless = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, "\ufffd")
