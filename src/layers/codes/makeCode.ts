/** Codes by which a person decides about one request: who is let in, and what an agent may do. */
import { randomInt } from "node:crypto"

/** Without letters and digits that are read for one another. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const CODE_LENGTH = 8

/** A code decides whatever it was made for, so it comes from the system's secure source, not from Effect's Random. */
export const makeCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("")

/** A code as it was made, of what a person typed. */
export const readCode = (typed: string): string => typed.trim().toUpperCase()
