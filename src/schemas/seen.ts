/** What a person sees of a text. */

/** Characters that are not seen: people's keyboards and Messages put them between the letters of a name. */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}/gu

/** What is seen of a text, whichever way its letters are composed. */
export const seen = (text: string): string => text.replace(INVISIBLE, "").normalize("NFC")
