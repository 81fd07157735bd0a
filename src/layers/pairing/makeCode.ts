/** Codes by which strangers are let in. */
import { randomInt } from "node:crypto"

/** Without letters and digits that are read for one another. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const CODE_LENGTH = 8

/** A code admits whoever it was made for, so it comes from the system's secure source, not from Effect's Random. */
export const makeCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("")
