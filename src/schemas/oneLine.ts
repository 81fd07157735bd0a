/** People's words where one line is meant: names, handles, names of files. */

/** Line breaks, control characters and other white space; also surrogates without their other half. */
const BLANK = /[\s\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu

/**
 * What is not seen but steers or hides: directions, joiners of words, tags. The two joiners and the two selectors that
 * scripts and emoji are written with stay.
 */
const UNSEEN = /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu

/** The text as one line that says no more than can be seen. */
export const oneLine = (text: string): string => text.replace(UNSEEN, "").replace(BLANK, " ").trim()

/** What turns the order of what is shown about. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The same for what must not be changed more than that, such as the path of a file. */
export const unbroken = (text: string): string =>
  text.replace(DIRECTIONS, "").replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
