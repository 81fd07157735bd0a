/**
 * Guids of messages as they are compared: Messages may spell one of ours in another case than the answer to its send did.
 * What is asked of imsg is named as Messages spells it, where that is known.
 */
export const guidKey = (guid: string): string => guid.toLowerCase()

export const isSameGuid = (one: string, other: string): boolean => guidKey(one) === guidKey(other)
